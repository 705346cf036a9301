/** SHA-256 in lower-case hex. WebCrypto wants all bytes at once, so the file is held in memory meanwhile. */
export async function hashBlob(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
