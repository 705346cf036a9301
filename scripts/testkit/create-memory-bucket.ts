import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Bucket } from '../../core/aws/bucket.ts'

interface MemoryObject {
  bytes: Buffer
  /** Epoch milliseconds. */
  storedAtMs?: number
  contentType: string
  /** As in S3, only objects written with it have one. */
  sha256?: string
}

/** A bucket in memory that counts its calls. */
export function createMemoryBucket() {
  const objects = new Map<string, MemoryObject>()
  const writes: string[] = []
  const reads: string[] = []

  const bucket: Pick<Bucket, 'head' | 'read' | 'write'> = {
    async head(key, { withSha256 = false } = {}) {
      const found = objects.get(key)
      if (!found) return undefined
      const { bytes, contentType, sha256 } = found
      return { byteLength: bytes.length, contentType, etag: etagOf(found), ...(withSha256 && { sha256 }) }
    },
    async read(key) {
      reads.push(key)
      const found = objects.get(key)
      if (!found) return undefined
      const { bytes, contentType, storedAtMs } = found
      return { byteLength: bytes.length, contentType, storedAtMs, body: Readable.from(piecesOf(bytes)) }
    },
    async write(key, bytes, contentType, { sha256, only, signal } = {}) {
      signal?.throwIfAborted()
      const found = objects.get(key)
      if (only === 'if absent' && found) return false
      if (typeof only === 'object' && (!found || etagOf(found) !== only.ifEtag)) return false
      writes.push(key)
      objects.set(key, { bytes, contentType, sha256 })
      return true
    },
  }

  return { ...bucket, objects, writes, reads }
}

const etagOf = ({ bytes }: MemoryObject) => `"${createHash('md5').update(bytes).digest('hex')}"`

const pieceBytes = 65_536

function* piecesOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
