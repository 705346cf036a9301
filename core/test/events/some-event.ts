import { randomBytes, randomUUID } from 'node:crypto'
import { type Topic, topics } from '../../events/image-events.ts'
import type { ImageEvent } from '../../images/image-event.ts'

/** A unique event with the given properties. */
export function someEvent(given: { imageId?: string; id?: string; topic?: Topic } = {}): ImageEvent {
  const { imageId = randomBytes(32).toString('hex'), id = randomUUID(), topic = topics.processed } = given
  return {
    specversion: '1.0',
    id,
    source: '/hashgate/test',
    type: `hashgate.${topic}.v1`,
    subject: imageId,
    time: '2026-11-22T10:00:00.000Z',
    datacontenttype: 'application/json',
    data: {
      tenant: 'local',
      imageId,
      generation: '20261122',
      objectKey: `local/${imageId}/20261122`,
      byteLength: 1,
      contentType: 'image/png',
    },
  }
}
