import { createHash, type Hash, randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeTrailer, type ObjectHead } from './object-file.ts'

export type DigestName = 'md5' | 'sha1' | 'sha256' | 'crc32'

export type StagedFile = Awaited<ReturnType<typeof createStagedFile>>

/** A file that is being written in the staging directory. It is finally either published (renamed, linked) or discarded. */
export async function createStagedFile(directory: string, digestNames: readonly DigestName[]) {
  const path = join(directory, randomUUID())
  const file = await open(path, 'wx')
  const hashes = new Map<DigestName, Hash>()
  for (const name of digestNames) if (name !== 'crc32') hashes.set(name, createHash(name))
  let crc = 0
  let byteLength = 0

  /** Hashes while the disk writes. */
  async function append(chunks: Buffer[]): Promise<void> {
    const written = file.writev(chunks)
    // Handled here too, for the case that hashing throws before the await below.
    written.catch(() => {})
    let batchBytes = 0
    for (const chunk of chunks) {
      batchBytes += chunk.length
      for (const hash of hashes.values()) hash.update(chunk)
      if (digestNames.includes('crc32')) crc = crc32(chunk, crc)
    }
    const { bytesWritten } = await written
    if (bytesWritten !== batchBytes)
      throw new Error(`only ${bytesWritten} of ${batchBytes} bytes were written`)
    byteLength += batchBytes
  }

  /** Call once, after the last `append`. */
  function digests(): Record<DigestName, Buffer> {
    const crcBytes = Buffer.alloc(4)
    crcBytes.writeUInt32BE(crc)
    const finished = [...hashes].map(([name, hash]) => [name, hash.digest()])
    return { ...Object.fromEntries(finished), crc32: crcBytes }
  }

  /** Completes the file; it can be published from then on. */
  async function seal(head: ObjectHead): Promise<void> {
    await file.writev([encodeTrailer(head)])
    await file.close()
  }

  /** Safe at any time; after publishing, it does nothing. */
  async function discard(): Promise<void> {
    await file.close()
    await rm(path, { force: true })
  }

  return { path, append, digests, seal, discard, byteLength: () => byteLength }
}
