import { Rejection } from '../../../core/errors.ts'
import { checkHeader } from '../check-header.ts'
import { sharp } from '../decoder.ts'
import { makeSegment } from '../jpeg/make-segment.ts'
import { prepareJpeg } from '../jpeg/prepare-jpeg.ts'
import { markers } from '../jpeg/read-layout.ts'
import { applyEdits } from '../jpeg/repair-jpeg.ts'
import type { ImagingLimits } from '../limits.ts'
import { type ImageHeader, readHeader } from '../read-header.ts'
import { type FoundGainMap, findGainMap } from './find-gain-map.ts'
import type { GainMap, InspectedGainMap } from './gain-map.ts'
import { primariesOf } from './profile-primaries.ts'

/**
 * Finds and checks the gain map of a JPEG, before any pixel is decoded. The picture is not rejected because of a broken one.
 * @param picture header of the original
 */
export async function inspectGainMap(
  original: Buffer,
  picture: ImageHeader,
  limits: ImagingLimits,
): Promise<InspectedGainMap> {
  const found = findGainMap(original)
  if (!found) return {}
  if ('unusable' in found) return { gainMapOmitted: found.unusable }
  try {
    return { gainMap: await checkGainMap(found, original, picture, limits) }
  } catch (error) {
    if (error instanceof Rejection) return { gainMapOmitted: error.reason }
    throw error
  }
}

async function checkGainMap(
  found: FoundGainMap,
  original: Buffer,
  picture: ImageHeader,
  limits: ImagingLimits,
): Promise<GainMap> {
  const { bytes } = prepareJpeg(replaceMetadata(found, picture.orientation))
  const header = await readHeader(bytes)
  checkHeader('jpeg', header, { limits, variants: [] })
  if (header.width * header.height > picture.width * picture.height) {
    throw new Rejection('too_many_pixels', 'The gain map is larger than its picture.')
  }
  if ([header, picture].some(({ channels }) => channels > 3)) throw new Rejection('pixel_format_unsupported')
  return { bytes, header, metadata: found.metadata, colors: await findColors(found, header, original) }
}

/**
 * The colour spaces of variants for which the map is right. Gains are multiplied in linear light. One gain for all three channels
 * gives the same colours in every RGB space of the same white, so it survives a conversion; three gains do not.
 */
async function findColors(
  { jpeg, metadata }: FoundGainMap,
  header: ImageHeader,
  original: Buffer,
): Promise<GainMap['colors']> {
  if (metadata.channels.length === 1 && header.channels === 1) return ['srgb', 'p3']
  const own = metadata.usesBaseColours ? undefined : (await sharp(jpeg).metadata()).icc
  const profile = own ?? (await sharp(original).metadata()).icc
  const primaries = profile ? primariesOf(profile) : 'srgb'
  return primaries ? [primaries] : []
}

/** Removes EXIF, XMP and the colour profile, which must not change the numbers, and writes the orientation of the picture. */
function replaceMetadata({ jpeg, layout }: FoundGainMap, orientation = 1): Buffer {
  const removed = layout.metadata.map(({ at, length }) => ({ from: at - 4, to: at + length }))
  const insert = makeSegment(markers.app1, orientationExif(orientation))
  return applyEdits(jpeg, [{ from: 2, to: 2, insert }, ...removed])
}

/** EXIF with nothing but an orientation. Source: Exif 2.32, 4.6. */
function orientationExif(orientation: number): Buffer {
  const exif = Buffer.from(
    'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x00\0\0\0\0\0\0',
    'latin1',
  )
  exif.writeUInt16BE(orientation, 24)
  return exif
}
