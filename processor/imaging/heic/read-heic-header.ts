import { encodingOfCicp } from '../colour/cicp.ts'
import { makeProfile, makeRgbProfile } from '../colour/make-profile.ts'
import type { ImagingLimits } from '../limits.ts'
import type { ImageHeader } from '../read-header.ts'
import type { HeicHeader } from './read-heic.ts'
import { runHeicTask } from './run-heic-task.ts'

/** Memory for libheif to read a header, besides the file: its start takes 17 MB. */
const memoryBytes = 50_000_000

/**
 * Reads the header of a HEIC file's primary image: not its thumbnail, gain map, depth map, or the other images of a burst. An EXIF
 * orientation is ignored, because in this format only the `irot` and `imir` boxes turn an image.
 * @throws Rejection when it cannot be read or takes too long; the signal's reason
 */
export async function readHeicHeader(original: Buffer, limits: ImagingLimits): Promise<ImageHeader> {
  const neededBytes = memoryBytes + original.length
  const { header } = await limits.withMemory(
    neededBytes,
    () => runHeicTask('header', original, neededBytes, limits),
    limits.signal,
  )
  const { width, height, hasAlpha, bits, chromaSubsampling, exif } = header
  const profile = profileOf(header)
  return {
    width,
    height,
    pages: 1,
    space: bits > 8 ? 'rgb16' : 'srgb',
    depth: bits > 8 ? 'ushort' : 'uchar',
    channels: hasAlpha ? 4 : 3,
    hasAlpha,
    isProgressive: false,
    chromaSubsampling,
    exif: exif && Buffer.from(exif),
    icc: profile,
    hasProfile: profile !== undefined,
  }
}

/** The file's own profile, or one made of its `nclx` box. The pixels are RGB of the full range, also those of a grey image. */
function profileOf({ icc, nclx }: HeicHeader): Buffer | undefined {
  const profile = icc && Buffer.from(icc)
  if (profile) return profile.toString('latin1', 16, 20) === 'GRAY' ? makeRgbProfile(profile) : profile
  const encoding = nclx && encodingOfCicp({ ...nclx, matrix: 0, fullRange: true })
  return encoding && makeProfile(encoding)
}
