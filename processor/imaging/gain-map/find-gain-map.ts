import { maxSegments } from '../jpeg/check-jpeg.ts'
import { type JpegLayout, readJpegLayout } from '../jpeg/read-layout.ts'
import { type GainMapMetadata, isUsable } from './gain-map-metadata.ts'
import { isoNamespace, readIsoMetadata } from './iso-metadata.ts'
import { mpfNamespace, readMpfOffsets } from './mpf-index.ts'
import { namesGainMap, readXmpMetadata, xmpNamespace } from './xmp-metadata.ts'

export interface FoundGainMap {
  /** An ordinary JPEG, from its first to its last marker; untrusted. */
  jpeg: Buffer
  layout: JpegLayout
  metadata: GainMapMetadata
}

/** Why a gain map that the file has or claims to have cannot be used. */
export interface UnusableGainMap {
  unusable: 'not_found' | 'cut_off' | 'metadata_unsupported'
}

/**
 * Finds the gain map in a JPEG file. An index (MPF) or a directory (GContainer) only gives offsets at which a JPEG may begin. The JPEG there
 * is a gain map if its own metadata identifies it as one. It ends with its own end marker, so no length in the file is trusted.
 * @returns undefined for a file without one
 */
export function findGainMap(file: Buffer): FoundGainMap | UnusableGainMap | undefined {
  const layout = readJpegLayout(file, maxSegments)
  for (const at of findPictures(file, layout)) {
    const rest = file.subarray(at)
    const inner = readJpegLayout(rest, maxSegments)
    const metadata = readMetadata(rest, inner)
    if (metadata === 'none') continue
    if (!metadata || !isUsable(metadata)) return { unusable: 'metadata_unsupported' }
    if (!inner.hasEnd) return { unusable: 'cut_off' }
    return { jpeg: rest.subarray(0, inner.endAt), layout: inner, metadata }
  }
  return claimsGainMap(file, layout) ? { unusable: 'not_found' } : undefined
}

/** Offsets of further JPEGs behind the first one, from the file's index and directory. */
function findPictures(file: Buffer, layout: JpegLayout): number[] {
  const listed = segmentsOf(file, layout, mpfNamespace).flatMap((index) => {
    const from = index.byteOffset - file.byteOffset
    return readMpfOffsets(index).map((offset) => from + offset)
  })
  const contained = xmpOf(file, layout).flatMap((xmp) => readItemOffsets(xmp))
  const places = new Set([...listed, ...contained.map((offset) => layout.endAt + offset)])
  return [...places].filter((at) => at >= layout.endAt && startsJpeg(file, at)).slice(0, maxPictures)
}

const maxPictures = 16

function startsJpeg(file: Buffer, at: number): boolean {
  return at + 3 <= file.length && file.readUIntBE(at, 3) === 0xffd8ff
}

/**
 * Offsets of the items of a GContainer directory behind the first picture. Items follow each other in the order of the directory.
 * Source: Android's Ultra HDR Image Format 1.1, "GContainer".
 */
function readItemOffsets(xmp: string): number[] {
  const items = xmp.match(/<\w{1,32}:Item\s[^>]{1,500}>/g) ?? []
  let at = 0
  return items.slice(0, maxPictures).map((item, index) => {
    const offset = at
    const isPrimary = index === 0
    at += (isPrimary ? 0 : numberIn(item, 'Length')) + numberIn(item, 'Padding')
    return offset
  })
}

function numberIn(item: string, name: string): number {
  return Number(new RegExp(`:${name}="(\\d{1,10})"`).exec(item)?.[1] ?? 0)
}

/** @returns `none` when the JPEG is not a gain map; undefined when it is one with unreadable parameters */
function readMetadata(jpeg: Buffer, layout: JpegLayout): GainMapMetadata | 'none' | undefined {
  const [iso] = segmentsOf(jpeg, layout, isoNamespace)
  const xmp = xmpOf(jpeg, layout).find(namesGainMap)
  if (iso) return orUndefined(() => readIsoMetadata(iso))
  return xmp === undefined ? 'none' : readXmpMetadata(xmp)
}

function claimsGainMap(file: Buffer, layout: JpegLayout): boolean {
  return segmentsOf(file, layout, isoNamespace).length > 0 || xmpOf(file, layout).some(namesGainMap)
}

function xmpOf(file: Buffer, layout: JpegLayout): string[] {
  return segmentsOf(file, layout, xmpNamespace).map((xmp) => xmp.toString('latin1'))
}

/** Contents of the segments that begin with this namespace, behind it; cut off at the end of the file. */
function segmentsOf(file: Buffer, { metadata }: JpegLayout, namespace: string): Buffer[] {
  return metadata
    .map(({ at, length }) => file.subarray(at, at + length))
    .filter((data) => data.toString('latin1', 0, namespace.length) === namespace)
    .map((data) => data.subarray(namespace.length))
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
