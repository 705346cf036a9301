/** Hashes a file with WebCrypto, which is fast but needs all bytes in memory. Returns lower-case hex. */
export async function hashAtOnce(file: Blob): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())))
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Browsers offer WebCrypto on https and localhost only; React Native has none. */
export function hasWebCrypto(): boolean {
  return globalThis.crypto?.subtle !== undefined
}
