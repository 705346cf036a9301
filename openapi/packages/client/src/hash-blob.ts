/**
 * Hashes a file with SHA-256, in lower-case hex. WebCrypto needs all bytes at once, so the whole file is in memory meanwhile.
 * @throws Error where WebCrypto is missing: browsers offer it on https and localhost only
 */
export async function hashBlob(file: Blob): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Error(
      'Hashing requires a page on https or localhost. Elsewhere, pass your own `hash` function.',
    )
  }
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
