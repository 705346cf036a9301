import { heicAdvice } from '../../core/errors.ts'
import type { AcceptedFormat } from '../../core/images/formats.ts'
import { isVideo } from './avif/is-video.ts'
import { isCameraRaw } from './tiff/is-camera-raw.ts'

interface Options {
  /** Whether HEIC is accepted. */
  heic: boolean
}

/** An accepted format, or a sentence that names the actual format and gives advice to the uploader. */
export type Identified = { format: AcceptedFormat } | { refused: string }

/** @param bytes the whole file, because a TIFF's first directory can be anywhere in it */
type Test = (head: Buffer, text: string, bytes: Buffer) => boolean

const headBytes = 4096
const advice = 'Accepted formats are JPEG, PNG, WebP, AVIF, GIF and TIFF.'
const exportIt = 'Export the image as JPEG or PNG.'

/** Checked only when the format is not accepted. Signatures come from each format's specification. */
const refusedKinds: { name: string; advice?: string; test: Test }[] = [
  {
    name: 'HEIC',
    advice: heicAdvice,
    test: isHeic,
  },
  { name: 'a Canon raw photo', advice: exportIt, test: (head) => isCanonRaw(head) || isBrand(head, /^crx/) },
  {
    name: 'a raw photo',
    advice: exportIt,
    test: (head, _, bytes) =>
      /^(IIRO|IIRS|IIU\0|FUJIFILMCCD)/.test(latin1(head)) || isTiffLikeRaw(head, bytes),
  },
  { name: 'SVG', advice: exportIt, test: (_, text) => /<svg[\s>:]/i.test(text) && isMarkup(text) },
  { name: 'HTML or XML', test: (_, text) => isMarkup(text) },
  { name: 'PDF', advice: exportIt, test: (head) => latin1(head).slice(0, 1024).includes('%PDF-') },
  { name: 'BMP', advice: exportIt, test: (head) => at(head, 0, 'BM') },
  { name: 'Photoshop', advice: exportIt, test: (head) => at(head, 0, '8BPS') },
  { name: 'an icon', advice: exportIt, test: (head) => at(head, 0, '\0\0\x01\0') },
  { name: 'JPEG XL', advice: exportIt, test: (head) => at(head, 0, '\xff\x0a') || at(head, 4, 'JXL ') },
  {
    name: 'JPEG 2000',
    advice: exportIt,
    test: (head) => at(head, 0, '\xff\x4f\xff\x51') || at(head, 4, 'jP  '),
  },
  { name: 'a zip archive', test: (head) => at(head, 0, 'PK\x03\x04') },
  {
    name: 'an AVIF sequence without a still picture',
    advice: 'Export the animation as WebP or GIF.',
    test: isAvif,
  },
  { name: 'a video or another ISO media file', test: (head) => at(head, 4, 'ftyp') },
  { name: 'plain text', test: (head) => isText(head) },
]

const acceptedKinds: { format: AcceptedFormat; test: Test }[] = [
  { format: 'jpeg', test: (head) => at(head, 0, '\xff\xd8\xff') },
  { format: 'png', test: (head) => at(head, 0, '\x89PNG\r\n\x1a\n') },
  { format: 'webp', test: (head) => at(head, 0, 'RIFF') && at(head, 8, 'WEBP') },
  { format: 'avif', test: (head, _, bytes) => isAvif(head) && !isVideo(bytes) },
  { format: 'gif', test: (head) => at(head, 0, 'GIF87a') || at(head, 0, 'GIF89a') },
  {
    format: 'tiff',
    test: (head, _, bytes) =>
      /^(II[*+]\0|MM\0[*+])/.test(latin1(head)) && !isCanonRaw(head) && !isTiffLikeRaw(head, bytes),
  },
]

/** Detects the format from the first bytes and a TIFF's first directory, without a decoder. @param bytes the whole file */
export function identifyFormat(bytes: Buffer, { heic }: Options = { heic: false }): Identified {
  if (bytes.length === 0) return { refused: 'The file is empty.' }
  const head = bytes.subarray(0, headBytes)
  const text = head.toString('utf8')
  const accepted = acceptedKinds.find(({ test }) => test(head, text, bytes))
  if (heic && !accepted && isHeic(head)) return { format: 'heic' }
  if (accepted) return { format: accepted.format }
  const refused = refusedKinds.find(({ test }) => test(head, text, bytes))
  if (!refused) return { refused: `The file is not a known image format. ${advice}` }
  return { refused: `The file is ${refused.name}, which is not accepted. ${refused.advice ?? advice}` }
}

/**
 * Brands of HEVC images and image sequences, and of HEIF files that name no compression. AVIFs have the latter, too.
 * Source: ISO/IEC 23008-12, B.4.
 */
function isHeic(head: Buffer): boolean {
  return isBrand(head, /^(he[iv][cxms]|mif1|msf1)/) && !isAvif(head)
}

function isAvif(head: Buffer): boolean {
  return isBrand(head, /^avi[fs]/)
}

/** Whether an ISO-BMFF file has this major or compatible brand. HEIC and AVIF differ only in their brands. */
function isBrand(head: Buffer, brand: RegExp): boolean {
  if (!at(head, 4, 'ftyp')) return false
  const boxEnd = Math.min(head.readUInt32BE(0), head.length)
  for (let offset = 8; offset + 4 <= boxEnd; offset += 4) {
    const isMinorVersion = offset === 12
    if (!isMinorVersion && brand.test(head.toString('latin1', offset, offset + 4))) return true
  }
  return false
}

/** Formally a TIFF, but its first page is only a preview. */
function isCanonRaw(head: Buffer): boolean {
  return at(head, 0, 'II*\0') && at(head, 8, 'CR')
}

function isTiffLikeRaw(head: Buffer, bytes: Buffer): boolean {
  return /^(II\*\0|MM\0\*)/.test(latin1(head)) && isCameraRaw(bytes)
}

function isMarkup(text: string): boolean {
  return /^\uFEFF?\s*<[!?a-z]/i.test(text)
}

function isText(head: Buffer): boolean {
  return !head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte))
}

function at(head: Buffer, offset: number, signature: string): boolean {
  return head.toString('latin1', offset, offset + signature.length) === signature
}

const latin1 = (head: Buffer) => head.toString('latin1')
