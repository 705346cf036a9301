import { readChunks } from '../png/chunks.ts'
import { srgbPrimaries } from './chromaticities.ts'
import { type Cicp, encodingOfCicp, isKnown, isVideo } from './cicp.ts'
import type { Chromaticities, ColourEncoding } from './colour-encoding.ts'
import { areUsable } from './matrices.ts'
import { gammaTransfer, srgbTransfer } from './transfers.ts'

/**
 * The encoding that the chunks of a PNG mean, or undefined if it is sRGB or the ICC profile that the decoder has read. The order is that
 * of Portable Network Graphics (third edition), 4.3: cICP, iCCP, sRGB, gAMA and cHRM. As in browsers, cHRM needs gAMA, and a gamma near
 * 1/2.2 without cHRM is sRGB.
 * @param hasProfile whether the decoder could read `iCCP`
 */
export function readPngColour(png: Buffer, hasProfile: boolean): ColourEncoding | undefined {
  const chunks = readColourChunks(png)
  const cicp = readCicp(chunks.get('cICP'))
  if (cicp) return encodingOfPngCicp(cicp, hasProfile, readPeak(chunks.get('cLLI')))
  if (hasProfile || chunks.has('sRGB')) return undefined
  const gamma = readGamma(chunks.get('gAMA'))
  if (!gamma) return undefined
  const primaries = readChromaticities(chunks.get('cHRM'))
  if (!primaries && Math.abs(gamma * 2.2 - 1) < 0.05) return undefined
  return { primaries: primaries ?? srgbPrimaries, transfer: gammaTransfer(1 / gamma), fullRange: true }
}

/** 11.3.2.6. As in browsers, one that is unspecified, unknown or not full-range RGB does not count. */
function readCicp(chunk: Buffer | undefined): Cicp | undefined {
  if (chunk?.length !== 4) return undefined
  const [primaries = 2, transfer = 2, matrix = 0, range = 0] = chunk
  const cicp = { primaries, transfer, matrix, fullRange: range === 1 }
  return isKnown(cicp) && matrix === 0 && cicp.fullRange ? cicp : undefined
}

/** In PNG, browsers show the curve of video as the gamma of its displays. sRGB is stated only if it overrides a profile. */
function encodingOfPngCicp(cicp: Cicp, hasProfile: boolean, peakNits?: number): ColourEncoding | undefined {
  const encoding = encodingOfCicp(cicp, peakNits)
  const srgb = { primaries: srgbPrimaries, transfer: srgbTransfer, fullRange: true }
  if (isVideo(cicp)) return { ...srgb, ...encoding, transfer: gammaTransfer(2.4) }
  return encoding ?? (hasProfile ? srgb : undefined)
}

/** 11.3.2.8: the brightest pixel, in units of 0.0001 cd/m²; 0 is unknown. */
function readPeak(chunk: Buffer | undefined): number | undefined {
  if (chunk?.length !== 8) return undefined
  return chunk.readUInt32BE() / 10_000 || undefined
}

/** 11.3.2.2: the exponent of the encoding, such as 0.45455. */
function readGamma(chunk: Buffer | undefined): number | undefined {
  if (chunk?.length !== 4) return undefined
  return chunk.readUInt32BE() / 100_000 || undefined
}

/** 11.3.2.1. */
function readChromaticities(chunk: Buffer | undefined): Chromaticities | undefined {
  if (chunk?.length !== 32) return undefined
  const point = (index: number) =>
    [chunk.readUInt32BE(index * 8) / 100_000, chunk.readUInt32BE(index * 8 + 4) / 100_000] as const
  const chromaticities = { white: point(0), red: point(1), green: point(2), blue: point(3) }
  return areUsable(chromaticities) ? chromaticities : undefined
}

const colourChunks = ['cICP', 'sRGB', 'gAMA', 'cHRM', 'cLLI']

/** All must come before the pixels. Of several chunks of one type, the first is used. */
function readColourChunks(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>()
  for (const { type, data } of readChunks(png)) {
    if (type === 'IDAT') break
    if (colourChunks.includes(type) && !chunks.has(type)) chunks.set(type, data)
  }
  return chunks
}
