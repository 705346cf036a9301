import type { Image, ImageEvent } from '../types.ts'

/** The version of an image's status: the UTC day on which its record was created, `YYYYMMDD`, and its `sequence`. */
export interface ImageVersion {
  day: string
  sequence: number
}

/** Undefined if the gateway is older than `sequence`. */
export function versionOfImage({ createdAt, sequence }: Image): ImageVersion | undefined {
  const isKnown = (sequence as number | undefined) !== undefined
  return isKnown ? { day: createdAt.slice(0, 10).replaceAll('-', ''), sequence } : undefined
}

/** Undefined if the event comes from a version without `sequence`. */
export function versionOfEvent({ data: { generation, sequence } }: ImageEvent): ImageVersion | undefined {
  return sequence === undefined ? undefined : { day: generation.slice(0, 8), sequence }
}

/** Whether `version` is newer than the known one. Without a version on both sides, it is. */
export function isNewer(version: ImageVersion | undefined, known: ImageVersion | undefined): boolean {
  if (!version || !known) return true
  return version.day === known.day ? version.sequence > known.sequence : version.day > known.day
}
