import { type Box, findBox } from '../heif/read-boxes.ts'
import { type HeifItem, type HeifItems, readHeifItems } from '../heif/read-heif-items.ts'
import { type Cicp, encodingOfCicp } from './cicp.ts'
import type { ColourEncoding } from './colour-encoding.ts'
import { readSequenceHeader, type SequenceColour } from './read-sequence-header.ts'

/** Colour and alpha signalling of an AVIF or HEIC file that the decoder does not apply. */
export interface HeifColour {
  /** Absent for sRGB. An ICC profile of the file takes precedence. */
  encoding?: ColourEncoding
  /** The necessary correction of the alpha, if any. */
  alpha?: AlphaFaults
  /** Position of the `colr` box that must be made explicit, because libheif ignores its range when all else is unspecified. */
  vagueColrAt?: number
}

export interface AlphaFaults {
  /** Whether the colours are multiplied with alpha. */
  isPremultiplied: boolean
  /** Whether alpha goes from 16 to 235, of 8 bits, instead of from 0 to 255. */
  isLimited: boolean
}

/** Reads the signalling of the primary image. Unreadable signalling is treated as absent. */
export function readHeifColour(bytes: Buffer): HeifColour {
  try {
    const items = readHeifItems(bytes)
    return items ? describe(items, bytes) : {}
  } catch (error) {
    if (error instanceof RangeError) return {}
    throw error
  }
}

function describe(items: HeifItems, bytes: Buffer): HeifColour {
  const { primary } = items
  const stream = readStream(items, primary)
  const nclx = readNclx(primary.properties)
  const cicp = nclx?.cicp ?? stream
  const encoding =
    cicp && encodingOfCicp({ ...cicp, fullRange: !isUnexpanded(cicp, stream) }, readPeak(primary))
  const alpha = readAlpha(items)
  const isVague = nclx?.cicp.fullRange && isUnspecified(nclx.cicp) && stream?.fullRange === false
  return {
    ...(encoding && { encoding }),
    ...(alpha && { alpha }),
    ...(isVague && { vagueColrAt: nclx.data.byteOffset - bytes.byteOffset }),
  }
}

/** libheif copies the luma of a monochrome image as it is. */
function isUnexpanded({ fullRange }: Cicp, stream: SequenceColour | undefined): boolean {
  return !fullRange && stream?.isMonochrome === true
}

function isUnspecified({ primaries, transfer, matrix }: Cicp): boolean {
  return primaries === 2 && transfer === 2 && matrix === 2
}

/** ISO/IEC 14496-12, 12.1.5. */
function readNclx(properties: readonly Box[]): { cicp: Cicp; data: Buffer } | undefined {
  const box = properties.find(({ type, data }) => type === 'colr' && data.toString('latin1', 0, 4) === 'nclx')
  if (!box) return undefined
  const data = box.data.subarray(4)
  const [primaries, transfer, matrix] = [data.readUInt16BE(0), data.readUInt16BE(2), data.readUInt16BE(4)]
  return { cicp: { primaries, transfer, matrix, fullRange: data.readUInt8(6) > 127 }, data }
}

/** `clli`: MaxCLL in cd/m²; 0 is unknown. Source: ISO/IEC 14496-12, 12.1.6. */
function readPeak({ properties }: HeifItem): number | undefined {
  return findBox(properties, 'clli')?.readUInt16BE() || undefined
}

/** The signalling in the AV1 stream of an image, or of a grid's first tile. */
function readStream(items: HeifItems, item: HeifItem): SequenceColour | undefined {
  const [tile = item] = item.type === 'grid' ? items.refersTo('dimg', item) : []
  return tile.type === 'av01' ? readSequenceHeader(items.readHead(tile)) : undefined
}

/** The auxiliary image that is alpha. Its range is only in its stream. Source: AV1 Image File Format, 4; ISO/IEC 23000-22, 7.3.5.2. */
function readAlpha(items: HeifItems): AlphaFaults | undefined {
  const alpha = items.referringTo('auxl', items.primary).find(isAlpha)
  if (!alpha) return undefined
  const isPremultiplied = items.refersTo('prem', items.primary).some(({ id }) => id === alpha.id)
  const isLimited = readStream(items, alpha)?.fullRange === false
  return isPremultiplied || isLimited ? { isPremultiplied, isLimited } : undefined
}

function isAlpha({ properties }: HeifItem): boolean {
  return /:alpha|:auxid:1\0/.test(findBox(properties, 'auxC')?.toString('latin1') ?? '')
}
