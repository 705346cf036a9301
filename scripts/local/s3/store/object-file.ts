import type { FileHandle } from 'node:fs/promises'

/*
 * One stored object is one file, so that bytes and metadata appear and vanish in the same instant:
 *
 *   | the object's bytes | metadata as JSON | length of that JSON, 4 bytes | "hgs3" |
 *
 * Metadata comes last because the ETag is known only after the last byte. The bytes come first and unchanged, so most
 * image viewers open these files as they are.
 */
const magic = Buffer.from('hgs3')
const footerBytes = 4 + magic.length
/** Enough for the usual metadata in one read. */
const tailBytes = 4096

/** The metadata of an object. */
export interface ObjectHead {
  key: string
  byteLength: number
  /** MD5 in hex, without quotes. */
  etag: string
  lastModifiedMs: number
  /** Returned unchanged on GET and HEAD: content-type, x-amz-meta-… */
  headers: Record<string, string>
  /** Header name to base64, as the client declared and this server verified. */
  checksums: Record<string, string>
}

/** The data after the object's bytes in its file. */
export function encodeTrailer(head: ObjectHead): Buffer {
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  return Buffer.concat([json, length, magic])
}

export async function readObjectHead(file: FileHandle): Promise<ObjectHead> {
  const { size } = await file.stat()
  const tail = await readTail(file, size, tailBytes)
  if (!tail.subarray(-magic.length).equals(magic)) throw new Error('not an object file')
  const trailerBytes = tail.readUInt32BE(tail.length - footerBytes) + footerBytes
  const trailer = trailerBytes <= tail.length ? tail : await readTail(file, size, trailerBytes)
  return JSON.parse(trailer.subarray(-trailerBytes, -footerBytes).toString())
}

async function readTail(file: FileHandle, fileBytes: number, wantedBytes: number): Promise<Buffer> {
  const length = Math.min(fileBytes, wantedBytes)
  const tail = Buffer.alloc(length)
  await file.read(tail, 0, length, fileBytes - length)
  return tail
}
