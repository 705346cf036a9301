import ExifReader from 'exifreader'
import type { ProcessedImage } from '../../core/images/image-record.ts'

export type PhotoFacts = Pick<ProcessedImage, 'camera' | 'takenAt' | 'location'>

/** The most that a JPEG can hold. Longer EXIF is treated as an attack on the parser. */
const maxExifBytes = 65_536
const maxNameLength = 64

const wantedTags = {
  exif: ['Make', 'Model', 'DateTimeOriginal'],
  gps: ['Latitude', 'Longitude'],
}

/**
 * The EXIF facts that are kept: the camera, and when the photo was taken; the location only if configured. Owner and serial number are
 * never kept. Unreadable values are omitted.
 */
export function readPhotoFacts(
  exif: Buffer | undefined,
  { keepLocation }: { keepLocation: boolean },
): PhotoFacts {
  const { exif: tags, gps } = readTags(exif)
  const make = cleanName(readText(tags?.Make))
  const model = cleanName(readText(tags?.Model))
  const takenAt = readMoment(readText(tags?.DateTimeOriginal))
  const location = keepLocation ? readLocation(gps) : undefined
  return {
    ...((make || model) && { camera: { ...(make && { make }), ...(model && { model }) } }),
    ...(takenAt && { takenAt }),
    ...(location && { location }),
  }
}

function readTags(exif: Buffer | undefined): Partial<ReturnType<typeof load>> {
  if (!exif || exif.length > maxExifBytes) return {}
  try {
    return load(exif)
  } catch {
    return {}
  }
}

function load(exif: Buffer) {
  const marker = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0
  return ExifReader.load(exif.subarray(marker), { expanded: true, includeTags: wantedTags })
}

/** A text ends at its first NUL; bytes that cameras write behind it are ignored. ExifReader splits there. */
function readText(tag: { value: unknown } | undefined): unknown {
  return Array.isArray(tag?.value) ? tag.value[0] : undefined
}

/** Keeps printable characters only: no control characters, and none that change the text direction. */
function cleanName(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const plain = text
    .normalize('NFC')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return Array.from(plain).slice(0, maxNameLength).join('').trim() || undefined
}

/** EXIF's `2026:11:22 10:00:00` as `2026-11-22T10:00:00`. */
function readMoment(text: unknown): string | undefined {
  const [, date = '', time] = /^(\d{4}:\d\d:\d\d) (\d\d:\d\d:\d\d)$/.exec(String(text)) ?? []
  const moment = new Date(`${date.replaceAll(':', '-')}T${time}Z`)
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 1900) return undefined
  const found = moment.toISOString().slice(0, 19)
  // `Date` would read the 30th of February as the 2nd of March.
  return found.startsWith(date.replaceAll(':', '-')) ? found : undefined
}

function readLocation(gps: { Latitude?: number; Longitude?: number } = {}): PhotoFacts['location'] {
  const { Latitude: latitude = Number.NaN, Longitude: longitude = Number.NaN } = gps
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined
  return { latitude: roundDegrees(latitude), longitude: roundDegrees(longitude) }
}

/** Rounds to about ten centimetres. */
const roundDegrees = (degrees: number) => Math.round(degrees * 1e6) / 1e6
