import { createHash } from 'node:crypto'
import { constants, createReadStream, openAsBlob } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { type ContentType, cutFileName, detectContentType, type UploadRequest } from '@hashgate/client'
import { imageExtensions, imageFormats } from './image-extensions.ts'

export interface PreparedFile {
  path: string
  request: UploadRequest
  /** Is read from disk only while it is sent. */
  blob: Blob
}

/** Larger reads make hashing a third faster than Node's default of 64 KiB. */
const readBytes = 1024 * 1024

/**
 * Reads a file once, as a stream, and creates the upload request for it.
 * @throws Error when it cannot be read, is empty, or is not an image by content or name; the reason of `signal`
 */
export async function prepareFile(path: string, signal?: AbortSignal): Promise<PreparedFile> {
  signal?.throwIfAborted()
  const blob = await openBlob(path)
  if (blob.size === 0) throw new Error('The file is empty.')
  const contentType = await declareType(blob, path)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: Math.min(readBytes, blob.size) })) {
    signal?.throwIfAborted()
    hash.update(chunk)
  }
  const fileName = cutFileName(basename(path))
  return { path, blob, request: { sha256: hash.digest('hex'), byteLength: blob.size, contentType, fileName } }
}

/** Call before hashing: reading a Blob fails if its file has changed since it was opened. */
async function openBlob(path: string): Promise<Blob> {
  // The error of openAsBlob has no reason, but that of `access` has.
  await access(path, constants.R_OK).catch((cause) => {
    throw new Error(`The file cannot be read (${cause.code}).`, { cause })
  })
  return openAsBlob(path)
}

/** The type by content, or else by name. The processor checks whether the bytes match it. */
async function declareType(blob: Blob, path: string): Promise<ContentType> {
  const contentType = (await detectContentType(blob)) ?? imageExtensions[extname(path).toLowerCase()]
  if (!contentType) throw new Error(`Unsupported file type. The file must be ${imageFormats}.`)
  return contentType as ContentType
}
