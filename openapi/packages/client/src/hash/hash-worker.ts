import { sha256 } from '@noble/hashes/sha2.js'
import { hashAtOnce, hasWebCrypto, toHex } from './hash-at-once.ts'
import type { HashAnswer, HashRequest } from './hash-in-worker.ts'

/** WebCrypto is several times faster, but needs the whole file in memory. */
const maxBytesInMemory = 32_000_000

const answer = (message: HashAnswer) => self.postMessage(message)
const cancelled = new Set<number>()

/** Files are hashed one after the other, so that the memory in use does not depend on their number. */
let previous = Promise.resolve()

self.onmessage = ({ data }: MessageEvent<HashRequest>) => {
  if (!data.file) return cancelled.add(data.id)
  const { id, file } = data
  previous = previous.then(() => hashFile(id, file))
}

async function hashFile(id: number, file: Blob): Promise<void> {
  try {
    const isSmall = file.size <= maxBytesInMemory && hasWebCrypto()
    if (!cancelled.has(id))
      answer({ id, sha256: isSmall ? await hashAtOnce(file) : await hashInParts(id, file) })
  } catch (error) {
    const { name, message } = error as Error
    answer({ id, error: { name, message } })
  }
  cancelled.delete(id)
}

async function hashInParts(id: number, file: Blob): Promise<string> {
  const digest = sha256.create()
  let hashedBytes = 0
  const reader = file.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return toHex(digest.digest())
    if (cancelled.has(id)) {
      await reader.cancel()
      throw new Error('cancelled')
    }
    digest.update(value)
    hashedBytes += value.length
    answer({ id, hashedBytes })
  }
}
