import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { ImageResult } from '../../../core/catalog/image-result.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import type { ImageStatus } from '../../../core/images/image-record.ts'
import { declared } from './guarded-routes.ts'
import { newId } from './new-id.ts'

const results: Partial<Record<ImageStatus, ImageResult>> = {
  ready: {
    status: 'ready',
    recipe: '5f0c9b1d7a3e8264',
    image: { format: 'png', width: 1, height: 1, placeholder: '', dominantColor: '#000000', variants: [] },
  },
  rejected: { status: 'rejected', rejection: { reason: 'image_corrupt', detail: 'It is cut off.' } },
}

/** Creates an image of `owner` in this `status`. Returns its id. */
export async function makeImage(catalog: Catalog, status: ImageStatus): Promise<string> {
  const imageId = newId()
  const { record } = await catalog.register({ tenant: 'owner', imageId, ...declared })
  if (status !== 'pending') await catalog.claim(record, 'worker', 60_000)
  const result = results[status]
  const event = imageEvent(topics.processed, record, { source: '/hashgate/test', nowMs: Date.now() })
  if (result) await catalog.finish(record, 'worker', result, event)
  return imageId
}
