import { hash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createDocumentClient } from '../../../../core/aws/document-client.ts'
import { createEventBus } from '../../../../core/events/event-bus.ts'
import { imageEvent, topics } from '../../../../core/events/image-events.ts'
import { newRecord, withNextSequence } from '../../../../core/images/image-record.ts'
import type { WebhookEndpoint } from '../../../../core/webhooks/webhook-endpoint.ts'
import { openWebhookStore } from '../../../../core/webhooks/webhook-store.ts'
import { connectServicesKafka } from '../../../local/connect-services-kafka.ts'
import { connectStores } from '../../../local/create-stores.ts'
import { supervise } from '../../../local/supervise.ts'
import { chooseOwnNames, useOwnServices } from '../../../local/use-own-services.ts'
import { readServicesEnvironment } from '../../../services/env-file.ts'
import type { FaultRun } from '../run-fault.ts'

export type WebhookSystem = Awaited<ReturnType<typeof startWebhookSystem>>

const program = new URL('../../../../processor/webhook-worker.ts', import.meta.url)
const publishBudgetMs = 30_000
const retentionSeconds = 86_400
/** One of this many images is rejected. */
const rejectedEvery = 10

/**
 * Starts the program that delivers webhooks on the real services, with a separate table and topics. There is no gateway and no image
 * processing: the product's own code publishes the events of image records.
 */
export async function startWebhookSystem(
  { directory, onStop, say, signal }: FaultRun,
  settings: Record<string, string>,
) {
  const names = chooseOwnNames()
  const { environment } = await useOwnServices(names)(directory, onStop)
  await mkdir(join(directory, 'logs'), { recursive: true })
  const stores = connectStores({ ...(await readServicesEnvironment()), ...names })
  onStop(async () => stores.close())
  const bus = createEventBus(await connectServicesKafka(), {
    topicPrefix: names.KAFKA_TOPIC_PREFIX,
    budgetMs: publishBudgetMs,
  })
  onStop(bus.close)
  const own = { KAFKA_WEBHOOK_GROUP_ID: names.KAFKA_GROUP_ID, WEBHOOK_ALLOW_NETWORKS: '127.0.0.1' }
  const worker = await supervise({
    name: 'webhook worker',
    program,
    environment: () => ({ ...environment, ...own, ...settings }),
    logFile: join(directory, 'logs', 'webhook-worker.log'),
    onReady: () => {},
    onRestart: () => {},
  })
  onStop(worker.stop)
  say(`the webhook worker started, its log is in ${directory}/logs`)
  const store = openWebhookStore(createDocumentClient(stores.dynamoDb), names.WEBHOOKS_TABLE)

  async function addEndpoint(tenant: string, url: string): Promise<WebhookEndpoint> {
    const endpoint = await store.endpoints.create({
      tenant,
      url,
      events: ['image.processed', 'image.rejected'],
    })
    if (!endpoint) throw new Error(`${tenant} has too many endpoints`)
    return endpoint
  }

  /** Publishes the final event of an image. @returns the id of the event */
  async function publishResult(tenant: string, number: number): Promise<string> {
    const imageId = hash('sha256', `${tenant} ${number}`)
    const nowMs = Date.now()
    const isRejected = number % rejectedEvery === 0
    const record = newRecord(
      { tenant, imageId, byteLength: 5, contentType: 'image/png' },
      nowMs,
      retentionSeconds,
    )
    const event = imageEvent(
      isRejected ? topics.rejected : topics.processed,
      withNextSequence(withNextSequence(record)),
      { source: '/hashgate/processor', nowMs, ...(isRejected && { reason: 'image_corrupt' }) },
    )
    await bus.publish(event)
    signal.throwIfAborted()
    return event.id
  }

  return { worker, store, addEndpoint, publishResult }
}
