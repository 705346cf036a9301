import type { LookupAddress } from 'node:dns'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { performance } from 'node:perf_hooks'
import { checkWebhookUrl, hostOf } from '../../../core/webhooks/check-webhook-url.ts'
import { forbiddenAddress } from '../../../core/webhooks/forbidden-address.ts'
import type { ReceiverRules } from '../../../core/webhooks/receiver-rules.ts'
import { describeFailure } from './describe-failure.ts'
import { readAnswer } from './read-answer.ts'
import { createResolveHost, type ResolveHost, resolveReceiver } from './resolve-receiver.ts'
import { signWebhook } from './sign-webhook.ts'

export interface WebhookRequest {
  url: string
  /** The event as JSON, byte for byte as on Kafka. */
  body: string
  /** The `id` of the event, the same at each try. */
  eventId: string
  /** The secrets that are valid now, newest first; at least one. */
  secrets: readonly string[]
  /** Epoch milliseconds: the time that is signed. */
  nowMs: number
  rules: ReceiverRules
  /** Timeout for DNS, connection, TLS, request and response together. Default: 10,000. */
  timeoutMs?: number
  /** Default: the DNS servers of the system. */
  resolve?: ResolveHost
}

export interface WebhookResult {
  /**
   * `delivered`: any 2xx. `gone`: 410. `refused`: the URL or an address of its host is forbidden, and no connection was made.
   * `failed`: everything else; a retry can help.
   */
  outcome: 'delivered' | 'failed' | 'gone' | 'refused'
  /** HTTP status; absent when there was no response. */
  status?: number
  latencyMs: number
  /** The first 1,000 bytes of the response, as text that is safe to display. Absent when there was none. */
  answer?: string
  /** Why the webhook was not delivered, as a sentence for the tenant; absent after a success. */
  reason?: string
}

const resolveByDns = createResolveHost()

/**
 * Makes one try to deliver an event. It never throws because of the receiver. The status alone decides the outcome: a success
 * remains one even if the body of the response is cut off.
 */
export async function sendWebhook(request: WebhookRequest): Promise<WebhookResult> {
  const startedAt = performance.now()
  const { timeoutMs = 10_000 } = request
  const headers = signWebhook(request)
  const signal = AbortSignal.timeout(timeoutMs)
  const result = await send(request, headers, signal).catch((error: unknown) => {
    const reason = signal.aborted ? `No response within ${timeoutMs / 1000} seconds.` : describeFailure(error)
    return { outcome: 'failed', reason } as const
  })
  return { ...result, latencyMs: Math.round(performance.now() - startedAt) }
}

async function send(
  request: WebhookRequest,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Omit<WebhookResult, 'latencyMs'>> {
  const { rules, resolve = resolveByDns } = request
  const refusal = checkWebhookUrl(request.url, rules)
  if (refusal) return { outcome: 'refused', reason: refusal }
  const url = new URL(request.url)
  const addresses = await resolveReceiver(hostOf(url), resolve, signal)
  const forbidden = findForbidden(addresses, rules)
  if (forbidden) return { outcome: 'refused', reason: `The host of the URL resolves to ${forbidden}.` }

  const response = await post(url, addresses, { headers, body: Buffer.from(request.body), signal })
  const status = response.statusCode ?? 0
  const answer = await readAnswer(response)
  return { status, ...judge(status), ...(answer && { answer }) }
}

/** One forbidden address is enough to refuse all, because the host's owner decides which of them a connection would use. */
function findForbidden(addresses: LookupAddress[], rules: ReceiverRules): string | undefined {
  return addresses.map(({ address }) => forbiddenAddress(address, rules)).find((kind) => kind !== undefined)
}

/**
 * Sends the request on a new connection, to one of the addresses that were checked. No agent is shared, so no connection
 * is reused and no proxy of the environment is used.
 */
function post(
  url: URL,
  addresses: LookupAddress[],
  { headers, body, signal }: { headers: Record<string, string>; body: Buffer; signal: AbortSignal },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const options = {
    method: 'POST',
    agent: false,
    signal,
    lookup: answerWith(addresses),
    autoSelectFamilyAttemptTimeout: 1_000,
    headers: {
      'content-type': 'application/cloudevents+json',
      'content-length': body.length,
      'accept-encoding': 'identity',
      'user-agent': 'hashgate-webhooks/1',
      ...headers,
    },
  }
  const { request } = url.protocol === 'https:' ? https : http
  request(url, options)
    .on('response', resolve)
    .on('error', reject)
    // The only event after a response of 101, which switches to another protocol.
    .on('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    .end(body)
  return promise
}

/** A lookup without DNS that returns the addresses that were checked. */
function answerWith(addresses: LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses as [LookupAddress]
    if (all) callback(null, addresses)
    else callback(null, first.address, first.family)
  }
}

function judge(status: number): Pick<WebhookResult, 'outcome' | 'reason'> {
  if (status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status === 410) return { outcome: 'gone', reason: 'The receiver answered 410 Gone.' }
  if (status >= 300 && status < 400) {
    return { outcome: 'failed', reason: `The receiver answered ${status}. Redirects are not followed.` }
  }
  return { outcome: 'failed', reason: `The receiver answered ${status}.` }
}
