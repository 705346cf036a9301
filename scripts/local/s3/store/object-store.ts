import { access, link, mkdir, open, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Error } from '../http/s3-error.ts'
import { type ObjectHead, readObjectHead } from './object-file.ts'
import { isObjectFileName, keyOfFileName, objectFileName } from './object-file-name.ts'
import { createStagedFile, type DigestName } from './staged-file.ts'

export type ObjectStore = Awaited<ReturnType<typeof createObjectStore>>

/**
 * Buckets and objects on disk:
 *
 *     ‹directory›/buckets/‹bucket›/‹escaped key›.object   see object-file.ts and object-file-name.ts
 *     ‹directory›/staging/‹uuid›                          bytes still arriving; emptied at every start
 *
 * Only one process at a time may use a directory.
 */
export async function createObjectStore(directory: string) {
  const bucketsPath = join(directory, 'buckets')
  const stagingPath = join(directory, 'staging')
  await rm(stagingPath, { recursive: true, force: true })
  await mkdir(stagingPath, { recursive: true })
  await mkdir(bucketsPath, { recursive: true })
  const buckets = new Set(await readdir(bucketsPath))

  function requireBucket(bucket: string): void {
    if (!buckets.has(bucket)) throw new S3Error('NoSuchBucket', undefined, { BucketName: bucket })
  }

  function pathOf(bucket: string, key: string): string {
    requireBucket(bucket)
    return join(bucketsPath, bucket, objectFileName(key))
  }

  async function createBucket(bucket: string): Promise<void> {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..'))
      throw new S3Error('InvalidBucketName')
    await mkdir(join(bucketsPath, bucket), { recursive: true })
    buckets.add(bucket)
  }

  async function removeBucket(bucket: string): Promise<void> {
    requireBucket(bucket)
    try {
      await rmdir(join(bucketsPath, bucket))
    } catch (error) {
      throw isErrno(error, 'ENOTEMPTY') ? new S3Error('BucketNotEmpty') : error
    }
    buckets.delete(bucket)
  }

  function stage(digestNames: readonly DigestName[]) {
    return createStagedFile(stagingPath, digestNames)
  }

  /** Makes a sealed file visible in one step. With `ifAbsent`, throws `PreconditionFailed` when the key exists. */
  async function publish(stagedPath: string, bucket: string, key: string, ifAbsent: boolean): Promise<void> {
    const path = pathOf(bucket, key)
    if (!ifAbsent) return rename(stagedPath, path)
    try {
      // Unlike rename, link never replaces a file, so of two concurrent writers only the first succeeds.
      await link(stagedPath, path)
    } catch (error) {
      throw isErrno(error, 'EEXIST') ? preconditionFailed('If-None-Match') : error
    }
    await unlink(stagedPath)
  }

  /** The caller closes the file. Throws `NoSuchKey`. */
  async function openObject(bucket: string, key: string) {
    const path = pathOf(bucket, key)
    const file = await open(path).catch((error) => {
      throw isErrno(error, 'ENOENT') ? new S3Error('NoSuchKey', undefined, { Key: key }) : error
    })
    try {
      return { file, head: await readObjectHead(file) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async function hasObject(bucket: string, key: string): Promise<boolean> {
    try {
      await access(pathOf(bucket, key))
      return true
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false
      throw error
    }
  }

  /** Undefined when the key or its bucket does not exist. */
  async function findHead(bucket: string, key: string): Promise<ObjectHead | undefined> {
    try {
      const { file, head } = await openObject(bucket, key)
      await file.close()
      return head
    } catch (error) {
      if (error instanceof S3Error && error.status === 404) return undefined
      throw error
    }
  }

  /** Succeeds if the key does not exist. */
  async function remove(bucket: string, key: string): Promise<void> {
    await rm(pathOf(bucket, key), { force: true })
  }

  /** All keys, in no order. */
  async function listKeys(bucket: string): Promise<string[]> {
    requireBucket(bucket)
    const keys: string[] = []
    for (const name of await readdir(join(bucketsPath, bucket))) {
      if (!isObjectFileName(name)) continue
      const key = keyOfFileName(name) ?? (await readKeyInside(join(bucketsPath, bucket, name)))
      if (key !== undefined) keys.push(key)
    }
    return keys
  }

  return {
    listBuckets: () => [...buckets].sort(),
    requireBucket,
    createBucket,
    removeBucket,
    stage,
    publish,
    openObject,
    hasObject,
    findHead,
    remove,
    listKeys,
  }
}

export function preconditionFailed(condition: 'If-Match' | 'If-None-Match'): S3Error {
  return new S3Error('PreconditionFailed', undefined, { Condition: condition })
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Undefined when the object was deleted meanwhile. */
async function readKeyInside(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path)
    return (await readObjectHead(file)).key
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
