import type { ImageEvent } from '../../../../core/images/image-event.ts'
import type { ImageRecord } from '../../../../core/images/image-record.ts'
import { parseRawKey, rawKeyOfVariant } from '../../../../core/images/object-key.ts'
import type { Evidence } from './gather-evidence.ts'

/** Everything stored about one image. */
export interface ImageEvidence {
  record?: ImageRecord
  rawVersions: string[]
  /** Keys of its variants, without manifests. */
  processedKeys: string[]
  events: ImageEvent[]
}

/** @param isExcluded whether a raw key belongs to a generation that is not counted */
export function groupByImage(
  evidence: Evidence,
  isExcluded: (rawKey: string) => boolean,
): Map<string, ImageEvidence> {
  const images = new Map<string, ImageEvidence>()
  function of(imageId: string): ImageEvidence {
    const image = images.get(imageId) ?? { rawVersions: [], processedKeys: [], events: [] }
    images.set(imageId, image)
    return image
  }

  for (const record of evidence.records) of(record.imageId).record = record
  for (const key of evidence.rawVersions) if (!isExcluded(key)) of(imageIdOf(key)).rawVersions.push(key)
  for (const event of evidence.events) {
    if (!isExcluded(event.data.objectKey)) of(event.data.imageId).events.push(event)
  }
  for (const key of evidence.processedKeys.filter(isVariant)) {
    if (!isExcluded(rawKeyOfVariant(key))) of(imageIdOf(rawKeyOfVariant(key))).processedKeys.push(key)
  }
  return images
}

const isVariant = (key: string): boolean => !key.startsWith('manifests/')

const imageIdOf = (key: string): string => parseRawKey(key)?.imageId ?? key
