import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
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
 * One S3 bucket. All functions throw `DependencyUnavailable` (a retry can help) when the store does not answer,
 * slows down or fails.
 */
export function createBucket(client: S3Client, name: string) {
  const Bucket = name

  /** What is stored under a key, or undefined when nothing is. */
  async function head(Key: string): Promise<StoredObject | undefined> {
    const found = await orAbsent(client.send(new HeadObjectCommand({ Bucket, Key })))
    return found && describe(found)
  }

  /** The bytes of a key as a stream, or undefined when nothing is stored there. The caller consumes or destroys it. */
  async function read(Key: string): Promise<(StoredObject & { body: Readable }) | undefined> {
    const found = await orAbsent(client.send(new GetObjectCommand({ Bucket, Key })))
    return found && { ...describe(found), body: found.Body as Readable }
  }

  async function write(Key: string, body: Buffer, contentType: string): Promise<void> {
    await reached(client.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType: contentType })))
  }

  /** Resolves also when nothing was there. */
  async function remove(Key: string): Promise<void> {
    await orAbsent(client.send(new DeleteObjectCommand({ Bucket, Key })))
  }

  /** Resolves when the bucket answers. */
  async function ping(signal?: AbortSignal): Promise<void> {
    await reached(client.send(new HeadBucketCommand({ Bucket }), { abortSignal: signal }))
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

async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined
    throw new DependencyUnavailable('bucket', error)
  }
}

async function reached<T>(answer: Promise<T>): Promise<T> {
  const found = await orAbsent(answer)
  if (!found) throw new DependencyUnavailable('bucket', new Error('the bucket is gone'))
  return found
}
