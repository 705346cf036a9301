import { Readable } from 'node:stream'
import type { Bucket } from '../../core/aws/bucket.ts'

interface MemoryObject {
  bytes: Buffer
  contentType: string
}

/** A bucket in memory that counts what it is asked to do. */
export function createMemoryBucket() {
  const objects = new Map<string, MemoryObject>()
  const writes: string[] = []
  const reads: string[] = []

  const bucket: Pick<Bucket, 'head' | 'read' | 'write' | 'remove'> = {
    async head(key) {
      const found = objects.get(key)
      return found && { byteLength: found.bytes.length, contentType: found.contentType }
    },
    async read(key) {
      reads.push(key)
      const found = objects.get(key)
      if (!found) return undefined
      const { bytes, contentType } = found
      return { byteLength: bytes.length, contentType, body: Readable.from(piecesOf(bytes)) }
    },
    async remove(key) {
      objects.delete(key)
    },
    async write(key, bytes, contentType) {
      writes.push(key)
      objects.set(key, { bytes, contentType })
    },
  }

  return { ...bucket, objects, writes, reads }
}

const pieceBytes = 65_536

function* piecesOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
