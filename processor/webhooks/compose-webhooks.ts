import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbClientOptions } from '../../core/aws/aws-client-options.ts'
import { createDocumentClient } from '../../core/aws/document-client.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { receiverRules } from '../../core/webhooks/receiver-rules.ts'
import { openWebhookStore } from '../../core/webhooks/webhook-store.ts'
import type { ProcessorConfig } from '../config.ts'
import { createWebhookDelivery } from './create-webhook-delivery.ts'
import type { WebhookObserver } from './observer.ts'
import { sendWebhook } from './send/send-webhook.ts'

interface Overrides {
  logger: Logger
  /** Timeout of the first try in milliseconds; the setting by default. */
  firstTimeoutMs?: number
  observer?: WebhookObserver
  dynamoDb?: DynamoDBClient
}

/**
 * Builds the delivery of webhooks from the settings, with a separate DynamoDB client, so that a flood of webhooks takes no
 * connections from image processing. Overrides replace parts of it; `close` leaves them open.
 */
export function composeWebhooks(config: ProcessorConfig, overrides: Overrides) {
  const { logger, observer, firstTimeoutMs } = overrides
  const dynamoDb = overrides.dynamoDb ?? new DynamoDBClient(dynamoDbClientOptions(config))
  const documents = createDocumentClient(dynamoDb)
  const store = openWebhookStore(documents, config.WEBHOOKS_TABLE)
  const rules = receiverRules(config)
  const timeoutMs = config.WEBHOOK_TIMEOUT_SECONDS * 1_000
  const delivery = createWebhookDelivery({
    store,
    send: (request) => sendWebhook({ ...request, rules }),
    timeoutMs,
    ...(firstTimeoutMs && { firstTimeoutMs: Math.min(firstTimeoutMs, timeoutMs) }),
    firstRetryMs: config.WEBHOOK_RETRY_SECONDS * 1_000,
    triesInFlight: config.WEBHOOK_TRIES_IN_FLIGHT,
    triesPerEndpoint: config.WEBHOOK_TRIES_PER_ENDPOINT,
    observer,
    logger,
  })

  async function close(): Promise<void> {
    await documents.close()
    if (!overrides.dynamoDb) dynamoDb.destroy()
  }

  return { delivery, store, close }
}
