import type { HashFunction } from './hash-function.ts'

/** The part of `node:crypto` that is needed. */
interface NodeCrypto {
  createHash: (algorithm: 'sha256') => {
    update: (part: Uint8Array) => unknown
    digest: (encoding: 'hex') => string
  }
}

/**
 * Returns a function that hashes a file as a stream, or undefined where `node:crypto` cannot be loaded: in browsers, React Native and Node
 * before 20.16. Node, Bun and Deno load it without an import, which browser bundlers cannot resolve.
 */
export function hashInNode(): HashFunction | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (!crypto) return undefined
  return async (file, { onProgress, signal } = {}) => {
    const hash = crypto.createHash('sha256')
    let hashedBytes = 0
    const counted = new WritableStream<Uint8Array>({
      write(part) {
        hash.update(part)
        hashedBytes += part.length
        onProgress?.(hashedBytes)
      },
    })
    await file.stream().pipeTo(counted, { signal })
    return hash.digest('hex')
  }
}
