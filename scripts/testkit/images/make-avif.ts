import { isDeepStrictEqual } from 'node:util'
import { readSequenceHeader } from '../../../processor/imaging/colour/read-sequence-header.ts'
import { readBoxes } from '../../../processor/imaging/heif/read-boxes.ts'
import { readHeifItems } from '../../../processor/imaging/heif/read-heif-items.ts'
import { box, fullBox, ispe, uint16, writeHeif } from '../../../processor/imaging/heif/write-heif.ts'

/** An AV1 stream and its configuration. */
export interface Av1Image {
  payload: Buffer
  av1C: Buffer
}

export interface AvifOptions {
  width: number
  height: number
  /** 1 for a stream without chroma. */
  channels?: 1 | 3
  bits?: 8 | 10 | 12
  image: Av1Image
  alpha?: Av1Image
  /** Whether the colours are premultiplied by alpha. */
  isPremultiplied?: boolean
  /** `colr` of type `nclx`. */
  nclx?: { primaries: number; transfer: number; matrix?: number; fullRange?: boolean }
  /** `colr` of type `prof`. */
  profile?: Buffer
  /** `clli`: the brightest pixel, in cd/m². */
  maxContentLight?: number
}

/** An AVIF around AV1 streams. Source: ISO/IEC 14496-12, 23008-12 and AV1 Image File Format, 1.1.0. */
export function makeAvif(options: AvifOptions): Buffer {
  const { width, height, channels = 3, bits = 8, image, alpha, isPremultiplied, nclx, profile } = options
  const { maxContentLight } = options
  const size = ispe(width, height)
  const imageProperties = [
    size,
    fullBox('pixi', Buffer.from([channels, ...Array(channels).fill(bits)])),
    box('av1C', image.av1C),
  ]
  if (nclx) imageProperties.push(box('colr', Buffer.from('nclx'), nclxData(nclx)))
  if (profile) imageProperties.push(box('colr', Buffer.from('prof'), profile))
  if (maxContentLight) imageProperties.push(box('clli', uint16(maxContentLight), uint16(0)))
  const alphaProperties = alpha && [
    size,
    fullBox('pixi', Buffer.from([1, bits])),
    box('av1C', alpha.av1C),
    fullBox('auxC', Buffer.from('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0')),
  ]
  return writeHeif({
    brands: ['avif', 'mif1', 'miaf', 'MA1A'],
    items: [
      { id: 1, type: 'av01', data: image.payload, properties: imageProperties },
      ...(alpha ? [{ id: 2, type: 'av01', data: alpha.payload, properties: alphaProperties }] : []),
    ],
    references: [
      ...(alpha ? [{ type: 'auxl', from: 2, to: [1] }] : []),
      ...(isPremultiplied ? [{ type: 'prem', from: 1, to: [2] }] : []),
    ],
    primary: 1,
  })
}

/** Extracts the AV1 streams of an AVIF. */
export function takeStreams(avif: Buffer): { image: Av1Image; alpha?: Av1Image } {
  const items = readHeifItems(avif)
  const data = readBoxes(avif).find(({ type }) => type === 'mdat')?.data
  if (!items || !data) throw new Error('The AVIF has no items.')
  const [alpha] = items.referringTo('auxl', items.primary)
  const configOf = (item: typeof items.primary) => {
    const config = item.properties.find(({ type }) => type === 'av1C')
    if (!config) throw new Error('The item is not AV1.')
    return config.data
  }
  if (!alpha) return { image: { payload: data, av1C: configOf(items.primary) } }
  const alphaAt = data.indexOf(items.readHead(alpha).subarray(0, 64))
  return {
    image: { payload: data.subarray(0, alphaAt), av1C: configOf(items.primary) },
    alpha: { payload: data.subarray(alphaAt), av1C: configOf(alpha) },
  }
}

/** Declares a stream as limited range, by flipping only that bit of the sequence header. */
export function asLimited({ payload, av1C }: Av1Image): Av1Image {
  const before = readSequenceHeader(payload)
  for (let bit = 0; bit < 32 * 8; bit++) {
    const flipped = Buffer.from(payload)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (128 >> (bit & 7))
    try {
      if (isDeepStrictEqual(readSequenceHeader(flipped), { ...before, fullRange: false })) {
        return { payload: flipped, av1C }
      }
    } catch {
      // The flipped bit was part of a length.
    }
  }
  throw new Error('The stream does not declare full range.')
}

export function nclxData({
  primaries,
  transfer,
  matrix = 6,
  fullRange = true,
}: NonNullable<AvifOptions['nclx']>) {
  return Buffer.concat([
    uint16(primaries),
    uint16(transfer),
    uint16(matrix),
    Buffer.from([fullRange ? 128 : 0]),
  ])
}
