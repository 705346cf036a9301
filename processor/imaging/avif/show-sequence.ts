import type { Box } from '../heif/read-boxes.ts'
import { box, fullBox, ispe, type WrittenItem, writeHeif } from '../heif/write-heif.ts'
import { readTracks, type Track } from './read-tracks.ts'

/** Boxes of a sample entry that mean the same as the property of an image. `auxi` is `auxC` by another name. */
const sharedProperties = ['av1C', 'colr', 'pasp', 'clap', 'irot', 'imir', 'clli', 'mdcv']

/**
 * A still picture of the first frame of an AVIF sequence, with the colours and the alpha of its tracks, or undefined if there is no frame.
 * The file's own still picture can differ from it.
 * @throws RangeError when a box is shorter than its declared size
 */
export function showSequence(file: Buffer): Buffer | undefined {
  const tracks = readTracks(file)
  const image = tracks.find(({ handler }) => handler === 'pict' || handler === 'vide')
  if (!image) return undefined
  const alpha = tracks.find((track) => isAlphaOf(track, image))
  const isPremultiplied = alpha && refersTo(image, 'prem', alpha)
  return writeHeif({
    brands: ['avif', 'mif1', 'miaf'],
    items: [toItem(1, image), ...(alpha ? [toItem(2, alpha)] : [])],
    references: [
      ...(alpha ? [{ type: 'auxl', from: 2, to: [1] }] : []),
      ...(isPremultiplied ? [{ type: 'prem', from: 1, to: [2] }] : []),
    ],
    primary: 1,
  })
}

function isAlphaOf(track: Track, image: Track): boolean {
  return track.handler === 'auxv' && refersTo(track, 'auxl', image)
}

function refersTo({ references }: Track, type: string, { id }: Track): boolean {
  return references.some((reference) => reference.type === type && reference.to.includes(id))
}

function toItem(id: number, { width, height, properties, firstFrame }: Track): WrittenItem {
  return {
    id,
    type: 'av01',
    data: firstFrame,
    properties: [ispe(width, height), ...properties.flatMap(toProperty)],
  }
}

function toProperty({ type, data }: Box): Buffer[] {
  if (type === 'auxi') return [fullBox('auxC', data.subarray(4))]
  return sharedProperties.includes(type) ? [box(type, data)] : []
}
