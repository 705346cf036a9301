import type { Logger } from '../../core/telemetry/logger.ts'
import type { WebhookStore } from '../../core/webhooks/webhook-store.ts'
import { createAcceptEvents } from './accept-events.ts'
import { createDeliver, type Send } from './deliver.ts'
import { createDeliverDue } from './deliver-due.ts'
import { createEndpointCache } from './endpoint-cache.ts'
import { createEndpointStates } from './endpoint-states.ts'
import { createLanes } from './lanes.ts'
import { noObserver, type WebhookObserver } from './observer.ts'
import { createReplayStep } from './replay.ts'

export interface WebhookDeliveryOptions {
  store: Pick<WebhookStore, 'endpoints' | 'deliveries'>
  send: Send
  /** Timeout of one request. */
  timeoutMs: number
  /** Timeout of the first try; `timeoutMs` by default. */
  firstTimeoutMs?: number
  /** The longest wait before the first retry. */
  firstRetryMs: number
  triesInFlight: number
  triesPerEndpoint: number
  observer?: WebhookObserver
  logger: Logger
  /** Epoch milliseconds. */
  now?: () => number
  /** 0 to 1. */
  random?: () => number
}

export type WebhookDeliveryParts = ReturnType<typeof createWebhookDelivery>

/** Time reserved for recording the result of a try: three attempts of DynamoDB's client. */
export const recordMs = 5_000
/** How long a new delivery may wait in its lane for its first try. */
const queueMs = 15_000
const queuedPerEndpoint = 50

/** Creates the functions that store events as deliveries and send them, on the worker and on Lambda. */
export function createWebhookDelivery(options: WebhookDeliveryOptions) {
  const { store, send, timeoutMs, firstRetryMs, triesInFlight, triesPerEndpoint, logger } = options
  const { firstTimeoutMs = timeoutMs, observer = noObserver, now = Date.now, random = Math.random } = options
  const { deliveries } = store
  const lanes = createLanes(
    {
      total: triesInFlight,
      perEndpoint: triesPerEndpoint,
      queuedPerEndpoint,
      probes: Math.ceil(triesInFlight / 4),
    },
    { now, random },
  )
  const endpoints = createEndpointCache(store.endpoints, now)
  const states = createEndpointStates({ table: store.endpoints, cache: endpoints, now, logger })
  const shared = { deliveries, endpoints, states, lanes, observer, logger, now, random }
  const deliverWithin = (timeoutMs: number) => createDeliver({ ...shared, send, timeoutMs, firstRetryMs })
  const tryMs = timeoutMs + recordMs
  return {
    acceptEvents: createAcceptEvents({
      ...shared,
      deliver: deliverWithin(firstTimeoutMs),
      tryMs,
      firstLeaseMs: queueMs + tryMs,
    }),
    deliverDue: createDeliverDue({
      ...shared,
      deliver: deliverWithin(timeoutMs),
      replayStep: createReplayStep(shared),
      leaseMs: tryMs,
    }),
    lanes,
    now,
    random,
    observer,
  }
}
