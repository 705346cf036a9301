import { randomBytes } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type DestinationStream, pino } from 'pino'
import { createDocumentClient, type DocumentClient } from '../../../core/aws/document-client.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import type { ImageEvent } from '../../../core/images/image-event.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'
import type { WebhookDelivery } from '../../../core/webhooks/webhook-delivery.ts'
import type { NewEndpoint, WebhookEndpoint } from '../../../core/webhooks/webhook-endpoint.ts'
import { dueShards } from '../../../core/webhooks/webhook-items.ts'
import { createWebhookTable, openWebhookStore } from '../../../core/webhooks/webhook-store.ts'
import {
  createWebhookDelivery,
  type WebhookDeliveryOptions,
} from '../../../processor/webhooks/create-webhook-delivery.ts'
import type { Send } from '../../../processor/webhooks/deliver.ts'
import { createTestClock } from '../create-test-clock.ts'
import { startTestDynamoDb } from '../start-test-dynamodb.ts'

type Teardown = { teardown(close: () => unknown): unknown }

const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const timeoutMs = 10_000

/** An event of the tenant with a unique id. */
export function webhookEvent(tenant: string, nowMs: number): ImageEvent {
  const imageId = randomBytes(32).toString('hex')
  const record = newRecord({ tenant, imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 86_400)
  return imageEvent(topics.processed, record, { source: '/hashgate/processor', nowMs })
}

/** The event as a Kafka message. */
export const kafkaMessage = (value: unknown, offset = 0): KafkaMessage => ({
  topic: topics.processed,
  partition: 0,
  offset: String(offset),
  timestamp: startMs,
  key: null,
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: [],
})

export type TestWebhooks = Awaited<ReturnType<typeof createTestWebhooks>>

/** Starts an embedded DynamoDB with a webhooks table. Returns its store, a test clock and functions that deliver. */
export async function createTestWebhooks(t: Teardown) {
  const { client } = await startTestDynamoDb(t)
  const clock = createTestClock(startMs)
  const tableName = 'webhooks'
  await createWebhookTable(client, tableName)
  const documents = createClosedDocuments(t, client)
  const store = openWebhookStore(documents, tableName, clock.now)
  const logLines: Record<string, unknown>[] = []
  const destination: DestinationStream = { write: (line) => void logLines.push(JSON.parse(line)) }

  /** Starts one deliverer; several can share the table. `random` is 1 by default, which gives the longest delays. */
  function startDelivery(send: Send, options: Partial<WebhookDeliveryOptions> = {}) {
    const delivery = createWebhookDelivery({
      store,
      send,
      timeoutMs,
      firstRetryMs: 5_000,
      triesInFlight: 100,
      triesPerEndpoint: 5,
      logger: pino({}, destination),
      now: clock.now,
      random: () => 1,
      ...options,
    })
    /** Delivers what is due in all shards and waits until it ends. Returns the number of deliveries started. */
    async function runDue(): Promise<number> {
      const visits = await Promise.all(dueShards.map((shard) => delivery.deliverDue(shard)))
      await Promise.all([delivery.lanes.idle(), ...visits.flatMap(({ chores }) => chores)])
      return visits.reduce((sum, { started }) => sum + started, 0)
    }
    async function accept(...events: unknown[]): Promise<KafkaMessage[]> {
      const failed = await delivery.acceptEvents(events.map(kafkaMessage))
      await delivery.lanes.idle()
      return failed
    }
    return { ...delivery, runDue, accept }
  }

  async function addEndpoint(request: Partial<NewEndpoint> = {}): Promise<WebhookEndpoint> {
    const endpoint = await store.endpoints.create({
      tenant: `tenant-${randomBytes(4).toString('hex')}`,
      url: 'https://example.com/hook',
      events: ['image.processed', 'image.rejected'],
      ...request,
    })
    if (!endpoint) throw new Error('The tenant has too many endpoints.')
    return endpoint
  }

  async function logOf({ endpointId }: WebhookEndpoint): Promise<WebhookDelivery[]> {
    return (await store.deliveries.listLog(endpointId, { order: 'oldest', limit: 100 })).deliveries
  }

  const find = ({ tenant, endpointId }: WebhookEndpoint) => store.endpoints.find(tenant, endpointId)

  return { clock, store, documents, tableName, logLines, startDelivery, addEndpoint, find, logOf }
}

function createClosedDocuments(t: Teardown, client: DynamoDBClient): DocumentClient {
  const documents = createDocumentClient(client)
  t.teardown(documents.close)
  return documents
}
