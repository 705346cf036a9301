import { inflateSync } from 'node:zlib'
import { readChunks } from './chunks.ts'

/** Twice what EXIF can have, because each byte is two digits, and some line breaks. */
const maxProfileText = 140_000

const profileName = /^Raw profile type (exif|APP1)\0/

/**
 * The EXIF of a PNG: the first `eXIf` chunk, also behind the pixels, where libvips does not look, or else the first raw profile, in which
 * ImageMagick and ExifTool store it as hexadecimal text.
 */
export function readPngExif(png: Buffer): Buffer | undefined {
  let profile: { type: string; data: Buffer } | undefined
  for (const { type, data } of readChunks(png)) {
    if (type === 'eXIf') return data
    const isText = type === 'tEXt' || type === 'zTXt'
    if (isText && profileName.test(data.toString('latin1', 0, 24))) profile ??= { type, data }
  }
  return profile && decodeProfile(profile)
}

/** A line with the kind, one with the number of bytes, and lines of hexadecimal digits. */
function decodeProfile({ type, data }: { type: string; data: Buffer }): Buffer | undefined {
  const textAt = data.indexOf(0) + 1
  const text = type === 'zTXt' ? inflate(data.subarray(textAt + 1)) : data.toString('latin1', textAt)
  const [, byteLength, digits = ''] =
    /^\s*\w+\s+(\d+)\s([\da-f\s]+)$/i.exec(text.slice(0, maxProfileText)) ?? []
  const bytes = Buffer.from(digits.replace(/\s/g, ''), 'hex')
  return bytes.length > 0 && bytes.length === Number(byteLength) ? bytes : undefined
}

function inflate(compressed: Buffer): string {
  try {
    return inflateSync(compressed, { maxOutputLength: maxProfileText }).toString('latin1')
  } catch {
    return ''
  }
}
