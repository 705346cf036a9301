import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3'
import { DependencyUnavailable } from '../errors.ts'

export interface StoredObject {
  byteLength: number
  contentType: string
  /** W3C Trace Context of the upload, if it was traced. */
  traceparent?: string
}

export type Bucket = ReturnType<typeof createBucket>

/**
 * Creates a client for one S3 bucket. All functions throw `DependencyUnavailable` (a retry can help) when the store is unreachable,
 * throttles or fails.
 */
export function createBucket(client: S3Client, name: string) {
  const Bucket = name

  /** Describes an object, or returns undefined when it does not exist. */
  async function head(Key: string): Promise<StoredObject | undefined> {
    const found = await undefinedIfNotFound(client.send(new HeadObjectCommand({ Bucket, Key })))
    return found && describe(found)
  }

  /** Opens an object as a stream, which the caller must consume or destroy. Undefined when it does not exist. */
  async function read(Key: string): Promise<(StoredObject & { body: Readable }) | undefined> {
    const found = await undefinedIfNotFound(client.send(new GetObjectCommand({ Bucket, Key })))
    return found && { ...describe(found), body: found.Body as Readable }
  }

  async function write(Key: string, body: Buffer, contentType: string): Promise<void> {
    await requireFound(
      client.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType: contentType })),
    )
  }

  /** Also resolves when the object does not exist. */
  async function remove(Key: string): Promise<void> {
    await undefinedIfNotFound(client.send(new DeleteObjectCommand({ Bucket, Key })))
  }

  /** Resolves when the bucket is reachable. */
  async function ping(abortSignal?: AbortSignal): Promise<void> {
    try {
      await client.send(new HeadBucketCommand({ Bucket }), { abortSignal })
    } catch (error) {
      throw new DependencyUnavailable('bucket', await findReason(error, abortSignal))
    }
  }

  /** The answer to a HEAD has no body. After a refusal, a listing finds out why. */
  async function findReason(error: unknown, abortSignal?: AbortSignal): Promise<unknown> {
    const { $metadata } = error as Partial<S3ServiceException>
    if (($metadata?.httpStatusCode ?? 500) >= 500) return error
    return client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal }).then(
      () => error,
      (reason) => reason,
    )
  }

  return { name, head, read, write, remove, ping }
}

interface Found {
  ContentLength?: number
  ContentType?: string
  Metadata?: Record<string, string>
}

function describe({ ContentLength, ContentType, Metadata }: Found): StoredObject {
  return {
    byteLength: ContentLength ?? 0,
    contentType: ContentType ?? 'application/octet-stream',
    traceparent: Metadata?.traceparent,
  }
}

async function undefinedIfNotFound<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined
    throw new DependencyUnavailable('bucket', error)
  }
}

async function requireFound<T>(response: Promise<T>): Promise<T> {
  const found = await undefinedIfNotFound(response)
  if (!found) throw new DependencyUnavailable('bucket', new Error('the bucket does not exist'))
  return found
}
