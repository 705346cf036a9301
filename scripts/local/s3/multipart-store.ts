import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ObjectHead, readObjectHead } from './object-file.ts'
import { isErrno } from './object-store.ts'
import { S3Error } from './s3-error.ts'

export type MultipartStore = Awaited<ReturnType<typeof createMultipartStore>>

export interface MultipartUpload {
  bucket: string
  key: string
  headers: Record<string, string>
}

/**
 * Uploads in parts, until they are completed or aborted:
 *
 *     ‹directory›/multipart/‹uploadId›/upload.json
 *     ‹directory›/multipart/‹uploadId›/‹part number›   an object file, see object-file.ts
 */
export async function createMultipartStore(directory: string) {
  const uploadsPath = join(directory, 'multipart')
  await mkdir(uploadsPath, { recursive: true })

  /** An id that this server did not make is an upload that does not exist, and not a path. */
  function pathOf(uploadId: string): string {
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) throw new S3Error('NoSuchUpload')
    return join(uploadsPath, uploadId)
  }

  async function create(upload: MultipartUpload): Promise<string> {
    const uploadId = randomUUID()
    await mkdir(pathOf(uploadId))
    await writeFile(join(pathOf(uploadId), 'upload.json'), JSON.stringify(upload))
    return uploadId
  }

  /** Throws `NoSuchUpload`, also when the upload belongs to another key. */
  async function find(uploadId: string, bucket: string, key: string): Promise<MultipartUpload> {
    const json = await readFile(join(pathOf(uploadId), 'upload.json'), 'utf8').catch(toNoSuchUpload)
    const upload: MultipartUpload = JSON.parse(json)
    if (upload.bucket !== bucket || upload.key !== key) throw new S3Error('NoSuchUpload')
    return upload
  }

  /** A part that is sent again replaces the earlier one. */
  async function addPart(uploadId: string, partNumber: number, stagedPath: string): Promise<void> {
    await rename(stagedPath, join(pathOf(uploadId), String(partNumber))).catch(toNoSuchUpload)
  }

  async function findPart(
    uploadId: string,
    partNumber: number,
  ): Promise<{ path: string; head: ObjectHead } | undefined> {
    const path = join(pathOf(uploadId), String(partNumber))
    try {
      await using file = await open(path)
      return { path, head: await readObjectHead(file) }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  async function remove(uploadId: string): Promise<void> {
    await rm(pathOf(uploadId), { recursive: true, force: true })
  }

  return { create, find, addPart, findPart, remove }
}

function toNoSuchUpload(error: unknown): never {
  throw isErrno(error, 'ENOENT') ? new S3Error('NoSuchUpload') : error
}
