import type { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { DependencyUnavailable } from '../errors.ts'

export interface StoredObject {
  byteLength: number
  contentType: string
  etag?: string
  /** Base64 of the SHA-256, if it was requested and the object was written with it. */
  sha256?: string
  /** W3C Trace Context of the upload, if it was traced. */
  traceparent?: string
  /** When the store received it, in whole seconds; epoch milliseconds. */
  storedAtMs?: number
}

interface HeadOptions {
  /** Request the SHA-256, for which S3 needs the right to decrypt the object. */
  withSha256?: boolean
  signal?: AbortSignal
}

interface WriteOptions {
  /** Base64 of the body's SHA-256, which S3 verifies and stores. */
  sha256?: string
  /** Write only if the key does not exist, or only if the object has this ETag. Unconditional by default. */
  only?: 'if absent' | { ifEtag: string }
  /** Aborts the request and its retries. */
  signal?: AbortSignal
}

export type Bucket = ReturnType<typeof createBucket>

/**
 * Creates a client for one S3 bucket. All functions throw `DependencyUnavailable` (a retry can help) when the store is unreachable,
 * throttles or fails.
 */
export function createBucket(client: S3Client, name: string) {
  const Bucket = name

  /** Describes an object, or returns undefined when it does not exist. */
  async function head(
    Key: string,
    { withSha256 = false, signal }: HeadOptions = {},
  ): Promise<StoredObject | undefined> {
    const command = new HeadObjectCommand({ Bucket, Key, ...(withSha256 && { ChecksumMode: 'ENABLED' }) })
    const found = await undefinedIfNotFound(client.send(command, { abortSignal: signal }))
    return found && describe(found)
  }

  /** Opens an object as a stream, which the caller must consume or destroy. Undefined when it does not exist. */
  async function read(Key: string): Promise<(StoredObject & { body: Readable }) | undefined> {
    const found = await undefinedIfNotFound(client.send(new GetObjectCommand({ Bucket, Key })))
    return found && { ...describe(found), body: found.Body as Readable }
  }

  /** Writes an object. Returns false when the condition `only` did not hold, which leaves the stored object unchanged. */
  async function write(
    Key: string,
    body: Buffer,
    contentType: string,
    { sha256, only, signal }: WriteOptions = {},
  ): Promise<boolean> {
    const command = new PutObjectCommand({
      Bucket,
      Key,
      Body: body,
      ContentType: contentType,
      ChecksumSHA256: sha256,
      ...(only === 'if absent' ? { IfNoneMatch: '*' } : { IfMatch: only?.ifEtag }),
    })
    try {
      await client.send(command, { abortSignal: signal })
      return true
    } catch (error) {
      if (only && isConditionFailure(error)) return false
      throw new DependencyUnavailable('bucket', error)
    }
  }

  /** Resolves when the bucket is reachable. */
  async function ping(abortSignal?: AbortSignal): Promise<void> {
    try {
      await client.send(new HeadBucketCommand({ Bucket }), { abortSignal })
    } catch (error) {
      throw new DependencyUnavailable('bucket', await findReason(error, abortSignal))
    }
  }

  /** The response to a HEAD has no body. After a refusal, a listing returns the error code. */
  async function findReason(error: unknown, abortSignal?: AbortSignal): Promise<unknown> {
    const { $metadata } = error as Partial<S3ServiceException>
    if (($metadata?.httpStatusCode ?? 500) >= 500) return error
    return client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal }).then(
      () => error,
      (reason) => reason,
    )
  }

  return { name, head, read, write, ping }
}

interface Found {
  ContentLength?: number
  ContentType?: string
  ETag?: string
  ChecksumSHA256?: string
  Metadata?: Record<string, string>
  LastModified?: Date
}

function describe(found: Found): StoredObject {
  const { ContentLength, ContentType, ETag, ChecksumSHA256, Metadata, LastModified } = found
  return {
    etag: ETag,
    sha256: ChecksumSHA256,
    byteLength: ContentLength ?? 0,
    contentType: ContentType ?? 'application/octet-stream',
    traceparent: Metadata?.traceparent,
    storedAtMs: LastModified?.getTime(),
  }
}

/** 412; or 404 when the object that must have an ETag does not exist. */
function isConditionFailure(error: unknown): boolean {
  return error instanceof S3ServiceException && ['PreconditionFailed', 'NoSuchKey'].includes(error.name)
}

async function undefinedIfNotFound<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined
    throw new DependencyUnavailable('bucket', error)
  }
}
