import type { ContentType } from './types.ts'

/** Gateways on which HEIC is turned off refuse it with advice. */
type DetectedType = ContentType | 'image/heic'

/** Number of bytes to read: enough for the signatures and for the brands of an AVIF or HEIC file. */
const headBytes = 256

/** Signatures from each format's specification, matched against the bytes as latin1. */
const signatures: [DetectedType, RegExp][] = [
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/png', /^\x89PNG\r\n/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['image/gif', /^GIF8[79]a/],
  ['image/tiff', /^(II[*+]\0|MM\0[*+])/],
]

/** Brands of ISO media files (ISO/IEC 23008-12). An AVIF file has brands of HEIF as well, so its own come first. */
const brands: [DetectedType, RegExp][] = [
  ['image/avif', /^avi[fs]$/],
  ['image/heic', /^(he[iv][cxms]|mif1|msf1)$/],
]

/**
 * Detects the type of an image by its first bytes. Browsers and file systems only guess it from the extension, and an upload that
 * declares a wrong type is rejected. Undefined for other files.
 */
export async function detectContentType(file: Blob): Promise<DetectedType | undefined> {
  const start = file.slice(0, headBytes)
  // Blobs of React Native cannot be read.
  if (typeof start.arrayBuffer !== 'function') return undefined
  const bytes = new Uint8Array(await start.arrayBuffer())
  const head = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const [type] = signatures.find(([, signature]) => signature.test(head)) ?? findBrand(bytes, head) ?? []
  return type
}

function findBrand(bytes: Uint8Array, head: string) {
  if (bytes.length < 16 || head.slice(4, 8) !== 'ftyp') return undefined
  const boxEnd = new DataView(bytes.buffer).getUint32(0)
  const [major = '', , ...compatible] = head.slice(8, boxEnd).match(/.{4}/gs) ?? []
  return brands.find(([, brand]) => [major, ...compatible].some((name) => brand.test(name)))
}
