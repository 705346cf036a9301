import type { Static } from 'typebox'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { GatewayDependencies } from './dependencies.ts'
import type { Image } from './schemas.ts'

/** A record as its owner sees it: variants with URLs, and nothing of keys, leases and attempts. */
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
