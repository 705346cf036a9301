import { examples } from '../http/examples.ts'
import { webhookExamples } from './webhook-examples.ts'

/** One event of each type that webhooks deliver. A test compares their fields with those of events that the code creates. */

const { imageId } = examples
const { endpointId } = webhookExamples
const objectKey = `acme/${imageId}/20261122`

const data = {
  tenant: 'acme',
  imageId,
  generation: '20261122',
  objectKey,
  sequence: 3,
  byteLength: 348_712,
  contentType: 'image/jpeg',
} as const

const common = {
  specversion: '1.0',
  time: '2026-11-22T10:00:02.000Z',
  datacontenttype: 'application/json',
} as const

export const eventExamples = {
  processed: {
    ...common,
    id: `${objectKey}/image.processed`,
    source: '/hashgate/processor',
    type: 'hashgate.image.processed.v1',
    subject: imageId,
    data,
  },
  rejected: {
    ...common,
    id: `${objectKey}/image.rejected`,
    source: '/hashgate/processor',
    type: 'hashgate.image.rejected.v1',
    subject: imageId,
    data: { ...data, reason: 'image_corrupt' },
  },
  test: {
    ...common,
    id: webhookExamples.testDelivery.eventId,
    source: '/hashgate/gateway',
    type: 'hashgate.webhook.test.v1',
    subject: endpointId,
    data: { tenant: 'acme', endpointId },
  },
} as const
