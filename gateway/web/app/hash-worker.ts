import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** A file to hash, and what comes back: progress, and then a result or an error. */
export interface HashRequest {
  id: number
  file: Blob
}

export type HashAnswer = { id: number } & ({ hashedBytes: number } | { sha256: string } | { error: string })

/** WebCrypto is several times faster, but needs the whole file in memory. Pages without https do not have it. */
const maxBytesInMemory = 32_000_000

const answer = (message: HashAnswer) => self.postMessage(message)

self.onmessage = async ({ data: { id, file } }: MessageEvent<HashRequest>) => {
  try {
    const isSmall = file.size <= maxBytesInMemory && crypto.subtle !== undefined
    answer({ id, sha256: isSmall ? await hashAtOnce(file) : await hashInParts(id, file) })
  } catch (error) {
    answer({ id, error: String(error) })
  }
}

async function hashAtOnce(file: Blob): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())))
}

async function hashInParts(id: number, file: Blob): Promise<string> {
  const digest = sha256.create()
  let hashedBytes = 0
  for await (const part of file.stream()) {
    digest.update(part)
    hashedBytes += part.length
    answer({ id, hashedBytes })
  }
  return bytesToHex(digest.digest())
}
