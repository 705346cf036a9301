import { logPosition } from '../../core/webhooks/webhook-delivery.ts'
import { writeCursor } from '../http/cursor.ts'
import { examples } from '../http/examples.ts'

/** The life of one endpoint in the API, as examples for the contract. A test compares them with real responses. */

const endpointId = 'whe_Q2hlY2tlZCBieSBhIHRlc3'
const createdAt = '2026-11-22T10:00:00.000Z'
const url = 'https://example.com/hooks/images'

const endpointRequest = {
  url,
  events: ['image.processed', 'image.rejected'],
  description: 'Order photos',
} as const

const endpoint = {
  endpointId,
  ...endpointRequest,
  status: 'active',
  createdAt,
  updatedAt: createdAt,
} as const

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='

const lastTry = {
  at: '2026-11-22T09:58:02.120Z',
  status: 503,
  latencyMs: 41.2,
  answer: 'upstream is away',
  reason: 'The receiver answered 503.',
} as const

const delivery = {
  eventId: `acme/${examples.imageId}/20261122/image.processed`,
  eventType: 'image.processed',
  status: 'pending',
  tries: 1,
  createdAt: '2026-11-22T09:58:02.100Z',
  nextTryAt: '2026-11-22T10:00:07.400Z',
  lastTry,
} as const

const testDelivery = {
  eventId: `acme/${endpointId}/1f6a3f5e-8a43-4f0a-9a5c-0d1d7a4be2c7/webhook.test`,
  eventType: 'webhook.test',
  status: 'pending',
  tries: 0,
  createdAt,
  nextTryAt: createdAt,
} as const

const cursorOf = (last: typeof delivery) => writeCursor(logPosition(last), endpointId)
const deliveryList = { deliveries: [delivery], nextCursor: cursorOf(delivery) } as const
const replayRequest = { since: '2026-11-22T06:00:00.000Z', only: 'undelivered' } as const

export const webhookExamples = {
  endpointId,
  url,
  endpointRequest,
  endpoint,
  endpointWithSecret: { ...endpoint, secret },
  rotated: { ...endpoint, previousSecretsExpireAt: '2026-11-23T10:00:00.000Z', secret },
  endpointList: { endpoints: [endpoint] },
  lastTry,
  delivery,
  testDelivery,
  redelivery: { ...delivery, nextTryAt: '2026-11-22T10:00:00.000Z' },
  deliveryList,
  logCursor: cursorOf(delivery),
  replayRequest,
  replay: { ...replayRequest, until: '2026-11-22T10:00:00.000Z' },
  endpointChange: { description: 'Order photos', enabled: true },
} as const
