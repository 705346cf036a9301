import { isDeepStrictEqual } from 'node:util'
import { readBoxes } from '../../../processor/imaging/colour/read-boxes.ts'
import { readHeifItems } from '../../../processor/imaging/colour/read-heif-items.ts'
import { readSequenceHeader } from '../../../processor/imaging/colour/read-sequence-header.ts'

/** A stream of AV1 and its configuration. */
export interface Av1Image {
  payload: Buffer
  av1C: Buffer
}

interface AvifOptions {
  width: number
  height: number
  /** 1 for a stream without chroma. */
  channels?: 1 | 3
  bits?: 8 | 10 | 12
  image: Av1Image
  alpha?: Av1Image
  /** Whether the alpha is multiplied into the colours. */
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
  const size = fullBox('ispe', 0, uint32(width), uint32(height))
  const imageProperties = [
    size,
    fullBox('pixi', 0, Buffer.from([channels, ...Array(channels).fill(bits)])),
    box('av1C', image.av1C),
  ]
  if (nclx) imageProperties.push(box('colr', Buffer.from('nclx'), nclxData(nclx)))
  if (profile) imageProperties.push(box('colr', Buffer.from('prof'), profile))
  if (maxContentLight) imageProperties.push(box('clli', uint16(maxContentLight), uint16(0)))
  const alphaProperties = alpha && [
    size,
    fullBox('pixi', 0, Buffer.from([1, bits])),
    box('av1C', alpha.av1C),
    fullBox('auxC', 0, Buffer.from('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0')),
  ]
  const items = [
    { payload: image.payload, properties: imageProperties },
    ...(alpha && alphaProperties ? [{ payload: alpha.payload, properties: alphaProperties }] : []),
  ]
  const references = [
    ...(alpha ? [box('auxl', uint16(2), uint16(1), uint16(1))] : []),
    ...(isPremultiplied ? [box('prem', uint16(1), uint16(1), uint16(2))] : []),
  ]
  const head = box('ftyp', Buffer.from('avif\0\0\0\0avifmif1miafMA1A'))
  const meta = (dataAt: number) => makeMeta(items, references, dataAt)
  const dataAt = head.length + meta(0).length + 8
  return Buffer.concat([head, meta(dataAt), box('mdat', ...items.map(({ payload }) => payload))])
}

/** Takes the streams out of an AVIF. */
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

/** The same stream, said to be of limited range: it flips the bit of the sequence header that changes nothing else. */
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
      // The bit was part of a length.
    }
  }
  throw new Error('The stream has no full range that could be taken away.')
}

function makeMeta(
  items: { payload: Buffer; properties: Buffer[] }[],
  references: Buffer[],
  dataAt: number,
): Buffer {
  const infos = items.map((_, index) =>
    fullBox('infe', 2, uint16(index + 1), uint16(0), Buffer.from('av01\0')),
  )
  let at = dataAt
  const locations = items.map(({ payload }, index) => {
    const location = [uint16(index + 1), uint16(0), uint16(1), uint32(at), uint32(payload.length)]
    at += payload.length
    return Buffer.concat(location)
  })
  let property = 0
  const associations = items.map(({ properties }, index) => {
    const numbers = properties.map(() => ++property)
    return Buffer.concat([uint16(index + 1), Buffer.from([numbers.length, ...numbers])])
  })
  return fullBox(
    'meta',
    0,
    fullBox('hdlr', 0, Buffer.from('\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0')),
    fullBox('pitm', 0, uint16(1)),
    fullBox('iloc', 0, Buffer.from([0x44, 0]), uint16(items.length), ...locations),
    fullBox('iinf', 0, uint16(items.length), ...infos),
    ...(references.length > 0 ? [fullBox('iref', 0, ...references)] : []),
    box(
      'iprp',
      box('ipco', ...items.flatMap(({ properties }) => properties)),
      fullBox('ipma', 0, uint32(items.length), ...associations),
    ),
  )
}

function nclxData({ primaries, transfer, matrix = 6, fullRange = true }: NonNullable<AvifOptions['nclx']>) {
  return Buffer.concat([
    uint16(primaries),
    uint16(transfer),
    uint16(matrix),
    Buffer.from([fullRange ? 128 : 0]),
  ])
}

function box(type: string, ...parts: Buffer[]): Buffer {
  const data = Buffer.concat(parts)
  return Buffer.concat([uint32(data.length + 8), Buffer.from(type, 'latin1'), data])
}

function fullBox(type: string, version: number, ...parts: Buffer[]): Buffer {
  return box(type, Buffer.from([version, 0, 0, 0]), ...parts)
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
