import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

interface RelayOptions {
  relay: (signal: AbortSignal) => Promise<void>
  intervalMs: number
}

/** Runs the outbox relay at an interval, from when the server listens until it closes. */
export const outboxRelay = fp(async function outboxRelay(
  app: FastifyInstance,
  { relay, intervalMs }: RelayOptions,
) {
  let relaying: Promise<void> | undefined
  app.addHook('onListen', async () => {
    relaying = relayUntilClosing()
  })
  app.addHook('onClose', async () => relaying)

  let isFailing = false
  const noteSuccess = () => {
    isFailing = false
  }
  /** Logs one line per outage. */
  const noteFailure = (err: unknown) => {
    if (!isFailing) app.log.warn({ operation: 'relay', err }, 'outbox relay failed; will retry')
    isFailing = true
  }

  async function relayUntilClosing(): Promise<void> {
    while (!app.closing.aborted) {
      await relay(app.closing).then(noteSuccess, noteFailure)
      await sleep(intervalMs, undefined, { signal: app.closing }).catch(() => {})
    }
  }
})
