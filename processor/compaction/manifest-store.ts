import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { manifestPrefix, parquetPrefix } from '../../core/images/object-key.ts'

export interface ListedObject {
  key: string
  etag: string
  /** When the object was written; epoch milliseconds, in whole seconds. */
  writtenAtMs: number
}

/** The part of the processed bucket below `manifests/`. Every function throws the error of the S3 client. */
export type ManifestStore = ReturnType<typeof createManifestStore>

export function createManifestStore(s3: S3Client, Bucket: string) {
  /** The days that have manifests or Parquet files, `YYYY-MM-DD`. */
  async function listDays(): Promise<string[]> {
    const days = new Set<string>()
    for (const Prefix of ['manifests/', 'manifests/parquet/']) {
      for await (const { CommonPrefixes } of paginateListObjectsV2(
        { client: s3 },
        { Bucket, Prefix, Delimiter: '/' },
      )) {
        for (const folder of CommonPrefixes ?? []) {
          const [day] = /(?<=\/day=)\d{4}-\d\d-\d\d(?=\/$)/.exec(folder.Prefix ?? '') ?? []
          if (day) days.add(day)
        }
      }
    }
    return [...days]
  }

  const listManifests = (day: string) => list(manifestPrefix(day))

  const listParquetFiles = (day: string) => list(parquetPrefix(day))

  async function list(Prefix: string): Promise<ListedObject[]> {
    const objects: ListedObject[] = []
    for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
      for (const { Key = '', ETag = '', LastModified } of Contents ?? []) {
        objects.push({ key: Key, etag: ETag, writtenAtMs: LastModified?.getTime() ?? 0 })
      }
    }
    return objects
  }

  /** Undefined when the object does not exist. */
  async function read(Key: string): Promise<{ bytes: Buffer; etag: string } | undefined> {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: ETag }
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }

  /** Writes a Parquet file. One that exists under this key has the same content and stays. */
  async function writeParquet(Key: string, Body: Buffer): Promise<void> {
    const command = new PutObjectCommand({
      Bucket,
      Key,
      Body,
      ContentType: 'application/vnd.apache.parquet',
      IfNoneMatch: '*',
    })
    try {
      await s3.send(command)
    } catch (error) {
      if (!(error instanceof S3ServiceException && error.name === 'PreconditionFailed')) throw error
    }
  }

  /** Deletes an object, if it exists. */
  async function remove(Key: string): Promise<void> {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
  }

  return { name: Bucket, listDays, listManifests, listParquetFiles, read, writeParquet, remove }
}
