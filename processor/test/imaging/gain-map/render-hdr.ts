import { readFile } from 'node:fs/promises'
import { readVariants } from '../../../../core/images/read-variants.ts'
import type { VariantSpec } from '../../../../core/images/variants.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeExif } from '../../../../scripts/testkit/images/make-exif.ts'
import { sharp } from '../../../imaging/decoder.ts'
import type { ChannelGain, GainMapMetadata } from '../../../imaging/gain-map/gain-map-metadata.ts'
import { writeUltraHdr } from '../../../imaging/gain-map/write-ultra-hdr.ts'
import { makeSegment } from '../../../imaging/jpeg/make-segment.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'

/** A file written by another program, 160×120 pixels: see README.md. */
export const ultraHdr = await readFile(new URL('./ultra-hdr.jpg', import.meta.url))
export const secondPictureAt = ultraHdr.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 1)

const { deps } = createStepDeps()

/** Renders one JPEG variant with `gainMap`, within 80×80 pixels. */
export async function renderHdr(original: Buffer, spec: Partial<VariantSpec> = {}) {
  const entry = { name: 'hdr', width: 80, height: 80, format: 'jpeg', background: '#ffffff', gainMap: true }
  const variants = readVariants(JSON.stringify([{ ...entry, ...spec }]))
  const work = await inspectedWork(original, 'image/jpeg', { ...deps, variants })
  const { rendered, gainMapOmitted } = await renderVariants(work, { ...deps, variants })
  const [variant] = rendered
  if (!variant) throw new Error('no variant')
  return { variant, jpeg: variant.bytes, gainMapOmitted }
}

/** Inserts segments behind the start of a JPEG, which has an MPF index: its offset counts from the index and stays right. */
export function insertSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])
}

/** An EXIF segment with nothing but an orientation. */
export function orientationSegment(orientation: number): Buffer {
  const exif = makeExif({})
  const entry = Buffer.from('\x12\x01\x03\0\x01\0\0\0\0\0\0\0', 'latin1')
  entry.writeUInt16LE(orientation, 8)
  const directory = Buffer.concat([Buffer.from([1, 0]), entry, Buffer.alloc(4)])
  return makeSegment(0xe1, exif.subarray(0, 14), directory)
}

const gain: ChannelGain = { min: 0, max: 2, gamma: 1, baseOffset: 0.015625, alternateOffset: 0.015625 }

interface UltraHdrOptions extends Partial<GainMapMetadata> {
  /** Channels of the map: 1 or 3. */
  mapChannels?: 1 | 3
  mapWidth?: number
  profile?: 'srgb' | 'p3'
}

/** An Ultra HDR JPEG of 160×120 pixels: the left half at a quarter of the gain, the right half at all of it; a blue sky with `profile`. */
export async function makeUltraHdr(options: UltraHdrOptions = {}): Promise<Buffer> {
  const { mapChannels = 1, mapWidth = 80, profile, ...metadata } = options
  const background = { r: 90, g: 120, b: 200 }
  const picture = sharp({ create: { width: 160, height: 120, channels: 3, background } })
  const values = Buffer.alloc(80 * 60 * mapChannels)
  for (let at = 0; at < values.length; at++) {
    const isRight = Math.floor(at / mapChannels) % 80 >= 40
    values[at] = isRight ? 255 - (at % mapChannels) * 60 : 64
  }
  const map = sharp(values, { raw: { width: 80, height: 60, channels: mapChannels } })
    .resize(mapWidth)
    .toColourspace(mapChannels === 1 ? 'b-w' : 'srgb')
  const jpeg = profile ? picture.withIccProfile(profile) : picture
  return writeUltraHdr(
    await jpeg.jpeg({ quality: 95 }).toBuffer(),
    await map.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    { channels: [gain], baseHeadroom: 0, alternateHeadroom: 2, usesBaseColours: true, ...metadata },
  )
}

export { gain }
