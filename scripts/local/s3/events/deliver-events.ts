import type { EventSpool } from './event-spool.ts'

const maxConcurrency = 8
const firstRetryMs = 200
const maxRetryMs = 5_000
/** A receiver that hangs may not hold its place for ever. */
const deliveryTimeoutMs = 30_000
/** For what is on its way when the server stops: cutting it off would only send it twice. */
const stopGraceMs = 500

export type EventDelivery = ReturnType<typeof deliverEvents>

/**
 * Posts spooled events to a webhook, at least once each. Anything but a 2xx is tried again, later and later; meanwhile
 * the event gives its place to others.
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

  /** Where to deliver from now on. Events that were waiting for their next attempt go at once. */
  function sendTo(webhookUrl: string): void {
    url = webhookUrl
    failures.clear()
    for (const name of [...waiting.keys()]) enqueue(name)
    pump()
  }

  /** What was not delivered stays in the spool. */
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
