import type { ImageEvent } from '../../../../core/images/image-event.ts'
import type { ImageRecord } from '../../../../core/images/image-record.ts'
import { parseRawKey } from '../../../../core/images/object-key.ts'
import type { Evidence } from './gather-evidence.ts'

/** All that there is about one image. */
export interface ImageEvidence {
  record?: ImageRecord
  rawVersions: string[]
  /** Of its variants; manifests lie elsewhere. */
  processedKeys: string[]
  events: ImageEvent[]
}

/** @param isOver tells whether a raw key belongs to a life that is no longer of interest */
export function groupByImage(
  evidence: Evidence,
  isOver: (rawKey: string) => boolean,
): Map<string, ImageEvidence> {
  const images = new Map<string, ImageEvidence>()
  function of(imageId: string): ImageEvidence {
    const image = images.get(imageId) ?? { rawVersions: [], processedKeys: [], events: [] }
    images.set(imageId, image)
    return image
  }

  for (const record of evidence.records) of(record.imageId).record = record
  for (const key of evidence.rawVersions) if (!isOver(key)) of(imageIdOf(key)).rawVersions.push(key)
  for (const event of evidence.events) {
    if (!isOver(event.data.objectKey)) of(event.data.imageId).events.push(event)
  }
  for (const key of evidence.processedKeys.filter(isVariant)) {
    if (!isOver(lifeOf(key))) of(imageIdOf(lifeOf(key))).processedKeys.push(key)
  }
  return images
}

const isVariant = (key: string): boolean => !key.startsWith('manifests/')

/** Variants lie under the key of their original. */
const lifeOf = (variantKey: string): string => variantKey.slice(0, variantKey.lastIndexOf('/'))

const imageIdOf = (key: string): string => parseRawKey(key)?.imageId ?? key
