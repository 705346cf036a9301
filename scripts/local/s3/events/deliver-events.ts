import type { EventSpool } from './event-spool.ts'

const maxConcurrency = 8
const firstRetryMs = 200
const maxRetryMs = 5_000
/** A hanging receiver must not block a delivery slot indefinitely. */
const deliveryTimeoutMs = 30_000
/** Time for deliveries in flight when the server stops; aborted ones would be sent twice. */
const stopGraceMs = 500

export type EventDelivery = ReturnType<typeof deliverEvents>

/**
 * Posts spooled events to a webhook, each at least once. Anything but a 2xx is retried with increasing delay; a waiting
 * event does not block others.
 */
export function deliverEvents(spool: EventSpool, names: string[], initialUrl?: string) {
  const due = [...names]
  const failures = new Map<string, number>()
  const waiting = new Map<string, NodeJS.Timeout>()
  const inFlight = new Set<Promise<void>>()
  const cutOff = new AbortController()
  let isStopping = false
  let url = initialUrl

  function pump(): void {
    while (url && !isStopping && inFlight.size < maxConcurrency) {
      const name = due.shift()
      if (name === undefined) return
      const attempt = deliver(name, url).finally(() => {
        inFlight.delete(attempt)
        pump()
      })
      inFlight.add(attempt)
    }
  }

  async function deliver(name: string, webhookUrl: string): Promise<void> {
    try {
      await post(webhookUrl, await spool.read(name), cutOff.signal)
      await spool.remove(name)
      failures.delete(name)
    } catch {
      if (!isStopping) retryLater(name)
    }
  }

  function retryLater(name: string): void {
    const failed = failures.get(name) ?? 0
    failures.set(name, failed + 1)
    const delayMs = Math.min(firstRetryMs * 2 ** failed, maxRetryMs)
    waiting.set(
      name,
      setTimeout(() => enqueue(name), delayMs),
    )
  }

  function enqueue(name: string): void {
    clearTimeout(waiting.get(name))
    waiting.delete(name)
    due.push(name)
    pump()
  }

  /** Sets the webhook URL. Events that wait for a retry are sent at once. */
  function sendTo(webhookUrl: string): void {
    url = webhookUrl
    failures.clear()
    for (const name of [...waiting.keys()]) enqueue(name)
    pump()
  }

  /** Stops deliveries. Undelivered events stay in the spool. */
  async function stop(): Promise<void> {
    isStopping = true
    for (const timer of waiting.values()) clearTimeout(timer)
    const grace = setTimeout(() => cutOff.abort(), stopGraceMs)
    await Promise.allSettled(inFlight)
    clearTimeout(grace)
  }

  pump()
  return { enqueue, sendTo, stop }
}

async function post(url: string, body: string, cutOff: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.any([cutOff, AbortSignal.timeout(deliveryTimeoutMs)]),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`)
}
