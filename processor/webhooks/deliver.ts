import type { Logger } from '../../core/telemetry/logger.ts'
import type { DeliveryTable, Settlement } from '../../core/webhooks/delivery-table.ts'
import type { DeliveryTry, WebhookDelivery } from '../../core/webhooks/webhook-delivery.ts'
import { validSecrets, type WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { EndpointCache } from './endpoint-cache.ts'
import type { EndpointStates } from './endpoint-states.ts'
import type { LaneResult } from './lanes.ts'
import { nextTry } from './next-try.ts'
import type { TryOutcome, WebhookObserver } from './observer.ts'

export interface SendRequest {
  url: string
  /** The event as JSON. */
  body: string
  eventId: string
  /** Newest first; the request is signed with each. */
  secrets: string[]
  /** Epoch milliseconds: the time that is signed. */
  nowMs: number
  timeoutMs: number
}

/** The result of one request. */
export interface SendResult extends Pick<DeliveryTry, 'status' | 'latencyMs' | 'answer' | 'reason'> {
  outcome: TryOutcome
}

/** Sends one request. A failure of the receiver is a result, not an error. */
export type Send = (request: SendRequest) => Promise<SendResult>

export interface DeliverDeps {
  deliveries: Pick<DeliveryTable, 'settle' | 'skip'>
  endpoints: Pick<EndpointCache, 'find'>
  states: EndpointStates
  send: Send
  /** Timeout of one request. */
  timeoutMs: number
  /** The longest wait before the first retry. */
  firstRetryMs: number
  /** Epoch milliseconds. */
  now: () => number
  /** 0 to 1. */
  random: () => number
  observer: WebhookObserver
  logger: Logger
}

export type Deliver = ReturnType<typeof createDeliver>

/** Creates the function that makes one try of a delivery whose lease this process holds, and records the result. Never rejects. */
export function createDeliver(deps: DeliverDeps) {
  const { deliveries, endpoints, states, send, timeoutMs, now, observer, logger } = deps

  return async function deliver(delivery: WebhookDelivery): Promise<LaneResult> {
    const { tenant, endpointId, eventId } = delivery
    const facts = { operation: 'deliver-webhook', tenant, endpointId, eventId }
    let laneResult: LaneResult = 'unknown'
    try {
      const endpoint = await endpoints.find(tenant, endpointId, delivery.dueAt ?? now())
      if (!endpoint || endpoint.status === 'disabled') {
        await deliveries.skip(delivery)
        return laneResult
      }
      const nowMs = now()
      const { outcome, ...answer } = await send({
        url: endpoint.url,
        body: delivery.body,
        eventId,
        secrets: validSecrets(endpoint, nowMs),
        nowMs,
        timeoutMs,
      })
      laneResult = outcome === 'delivered' ? 'works' : 'fails'
      observer.tryFinished(outcome, answer.latencyMs)
      const settlement = settle(delivery, outcome, { at: new Date(nowMs).toISOString(), ...answer })
      const isHeld = await deliveries.settle(delivery, settlement)
      logTry(facts, outcome, settlement, isHeld)
      if (isHeld) await noteOnEndpoint(endpoint, outcome, settlement)
    } catch (error) {
      logger.warn(
        { ...facts, err: error },
        'the result of a webhook delivery was not recorded; it will be repeated',
      )
    }
    return laneResult
  }

  function settle(delivery: WebhookDelivery, outcome: TryOutcome, last: DeliveryTry): Settlement {
    if (outcome === 'delivered') return { status: 'delivered', last }
    if (outcome === 'gone') return { status: 'failed', last }
    const { triesInRow, giveUpAt } = delivery
    const dueAt = nextTry({ triesInRow: triesInRow + 1, giveUpAt }, deps, now())
    return dueAt === undefined ? { status: 'failed', last } : { status: 'pending', last, dueAt }
  }

  function logTry(facts: object, outcome: TryOutcome, { status, last }: Settlement, isHeld: boolean): void {
    const isDelivered = outcome === 'delivered'
    const line = {
      ...facts,
      outcome,
      ...(last.status !== undefined && { status: last.status }),
      durationMs: Math.round(last.latencyMs),
      ...(last.reason && { reason: last.reason }),
    }
    if (!isHeld) logger.warn(line, 'a webhook delivery took longer than its lease; another worker repeats it')
    else if (isDelivered) logger.info(line, 'webhook delivered')
    else if (status === 'pending') logger.info(line, 'webhook delivery failed; will retry')
    else logger.warn(line, 'webhook delivery given up')
  }

  async function noteOnEndpoint(
    endpoint: WebhookEndpoint,
    outcome: TryOutcome,
    { status }: Settlement,
  ): Promise<void> {
    if (outcome === 'delivered') return void (await states.noteDelivered(endpoint))
    if (outcome === 'gone') return states.noteGone(endpoint)
    if (status === 'failed') {
      observer.givenUp()
      await states.noteGivenUp(endpoint)
    }
    await states.noteFailed(endpoint)
  }
}
