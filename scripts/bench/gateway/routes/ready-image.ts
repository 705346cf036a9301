import { marshall } from '@aws-sdk/util-dynamodb'
import { keyOf } from '../../../../core/catalog/image-items.ts'
import type { ImageRecord } from '../../../../core/images/image-record.ts'
import { variantKey } from '../../../../core/images/object-key.ts'
import { tenant } from '../settings.ts'

const ref = { tenant, imageId: 'a'.repeat(64), generation: '20261128' }
const recipe = '0123456789abcdef'
const sizes = { thumb: 256, medium: 1_024, large: 2_048 }

/** The record of a ready image with three variants. */
const record: ImageRecord = {
  ...ref,
  status: 'ready',
  byteLength: 348_712,
  contentType: 'image/jpeg',
  fileName: 'harbour.jpg',
  createdAt: new Date().toISOString(),
  startedAt: new Date().toISOString(),
  finishedAt: new Date().toISOString(),
  expiresAt: Math.floor(Date.now() / 1_000) + 604_800,
  attempts: 1,
  recipe,
  image: {
    format: 'jpeg',
    width: 4_032,
    height: 3_024,
    colorSpace: 'srgb',
    hasAlpha: false,
    pages: 1,
    camera: { make: 'Canon', model: 'Canon EOS R6' },
    takenAt: '2026-11-22T10:00:00',
    placeholder: 'k+cFBYD3p4eAeIeId3iHiHeAeHAHCAc=',
    dominantColor: '#6f7d84',
    variants: Object.entries(sizes).map(([name, width]) => ({
      name,
      key: variantKey(ref, recipe, name, 'webp'),
      contentType: 'image/webp',
      width,
      height: (width * 3) / 4,
      byteLength: 48_211,
    })),
  },
}

export const { imageId, byteLength, contentType, fileName } = record

/** The record in DynamoDB's JSON. */
export const item = marshall({ ...keyOf(record), ...record }, { removeUndefinedValues: true })
