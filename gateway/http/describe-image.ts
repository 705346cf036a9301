import type { Static } from 'typebox'
import { type ImageRecord, sequenceOf } from '../../core/images/image-record.ts'
import type { GatewayDependencies } from './dependencies.ts'
import type { Image } from './schemas/image-schemas.ts'

/** The public view of a record: variants with URLs, and no keys, leases or attempts. */
export async function describeImage(
  record: ImageRecord,
  { presignDownload }: Pick<GatewayDependencies, 'presignDownload'>,
): Promise<Static<typeof Image>> {
  const { imageId, status, byteLength, contentType, fileName, createdAt, finishedAt, image, rejection } =
    record
  const variants = image?.variants.map(async ({ key, ...facts }) => {
    const { url, expiresAt } = await presignDownload(key, record.expiresAt)
    return { ...facts, url, urlExpiresAt: expiresAt }
  })
  return {
    imageId,
    status,
    sequence: sequenceOf(record),
    byteLength,
    contentType,
    fileName,
    createdAt,
    expiresAt: expiryOf(record),
    finishedAt,
    ...image,
    variants: variants && (await Promise.all(variants)),
    rejection,
  }
}

/** RFC 3339, UTC. */
export function expiryOf({ expiresAt }: ImageRecord): string {
  return new Date(expiresAt * 1000).toISOString()
}
