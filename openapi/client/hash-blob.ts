/**
 * SHA-256 in lower-case hex. WebCrypto wants all bytes at once, so the file is held in memory meanwhile.
 * @throws Error where there is no WebCrypto: browsers have it on https and localhost only
 */
export async function hashBlob(file: Blob): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Error('Hashing needs a page on https or localhost. Elsewhere, pass a `hash` of your own.')
  }
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
