import { createReader } from '../heif/read-boxes.ts'
import type { ChannelGain, GainMapMetadata } from './gain-map-metadata.ts'

/** The namespace at the start of an APP2 segment with metadata of ISO 21496-1. */
export const isoNamespace = 'urn:iso:std:iso:ts:21496:-1\0'

/** Contents of the segment in the picture itself, which only announces a gain map: minimum and writer's version. */
export const isoVersion = Buffer.alloc(4)

const isMultichannel = 0x80
const usesBaseColours = 0x40
/** Two flags of drafts, which libultrahdr reads and writes. */
const hasCommonDenominator = 0x08
const isBackward = 0x04

/**
 * Reads the parameters in a gain map's segment, behind the namespace. Layout: ISO 21496-1, annex C, as in libultrahdr's
 * `gainmapmetadata.cpp`.
 * @returns undefined for another version or an HDR picture. Numbers over 0 are NaN or infinite
 * @throws RangeError when it is too short
 */
export function readIsoMetadata(data: Buffer): GainMapMetadata | undefined {
  const reader = createReader(data)
  const minimumVersion = reader.uint(2)
  reader.skip(2)
  const flags = reader.uint(1)
  if (minimumVersion !== 0 || flags & isBackward) return undefined

  const common = flags & hasCommonDenominator ? reader.uint(4) : undefined
  const unsigned = () => reader.uint(4) / (common ?? reader.uint(4))
  const signed = () => (reader.uint(4) | 0) / (common ?? reader.uint(4))
  const readGain = (): ChannelGain => ({
    min: signed(),
    max: signed(),
    gamma: unsigned(),
    baseOffset: signed(),
    alternateOffset: signed(),
  })
  return {
    baseHeadroom: unsigned(),
    alternateHeadroom: unsigned(),
    channels: Array.from({ length: flags & isMultichannel ? 3 : 1 }, readGain),
    usesBaseColours: (flags & usesBaseColours) !== 0,
  }
}

/** Numbers are written with 24 binary places: the largest, 100, has 31 bits. */
const denominator = 2 ** 24

/** Writes what `readIsoMetadata` reads, as the published standard has it. */
export function writeIsoMetadata(metadata: GainMapMetadata): Buffer {
  const { channels, baseHeadroom, alternateHeadroom } = metadata
  const isMulti = channels.length > 1
  const flags = (isMulti ? isMultichannel : 0) | (metadata.usesBaseColours ? usesBaseColours : 0)
  const values = [
    baseHeadroom,
    alternateHeadroom,
    ...channels.flatMap(({ min, max, gamma, baseOffset, alternateOffset }) => [
      min,
      max,
      gamma,
      baseOffset,
      alternateOffset,
    ]),
  ]
  const fractions = Buffer.alloc(values.length * 8)
  for (const [index, value] of values.entries()) {
    fractions.writeInt32BE(Math.round(value * denominator), index * 8)
    fractions.writeInt32BE(denominator, index * 8 + 4)
  }
  return Buffer.concat([isoVersion, Buffer.from([flags]), fractions])
}
