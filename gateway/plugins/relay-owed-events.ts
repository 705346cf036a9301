import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

interface RelayOptions {
  relay: (signal: AbortSignal) => Promise<void>
  intervalMs: number
}

/** Relays owed events again and again, from when the server listens until it closes. */
export const relayOwedEvents = fp(async function relayOwedEvents(
  app: FastifyInstance,
  { relay, intervalMs }: RelayOptions,
) {
  let relaying: Promise<void> | undefined
  app.addHook('onListen', async () => {
    relaying = relayUntilClosing()
  })
  app.addHook('onClose', async () => relaying)

  async function relayUntilClosing(): Promise<void> {
    while (!app.closing.aborted) {
      await relay(app.closing).catch((err) => app.log.warn({ operation: 'relay', err }, 'owed events wait'))
      await sleep(intervalMs, undefined, { signal: app.closing }).catch(() => {})
    }
  }
})
