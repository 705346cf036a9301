import { test } from 'tap'
import { createTestWebhooks, webhookEvent } from '../../../scripts/testkit/webhooks/create-test-webhooks.ts'
import { createSender, delivered } from './create-sender.ts'

test('an event is sent at once to each endpoint subscribed to it, byte for byte', async (t) => {
  const { clock, addEndpoint, logOf, startDelivery } = await createTestWebhooks(t)
  const first = await addEndpoint()
  const { tenant } = first
  const second = await addEndpoint({ tenant, url: 'https://example.com/second' })
  await addEndpoint({ tenant, events: ['image.rejected'] })
  await addEndpoint({ url: 'https://example.com/other-tenant' })
  const { requests, send } = createSender(delivered)
  const event = webhookEvent(tenant, clock.now())
  const body = `${JSON.stringify(event)} `

  t.strictSame(await startDelivery(send).accept(body), [])
  const { secret } = first.secrets[0] ?? {}
  t.strictSame(
    requests.toSorted((a, b) => a.url.localeCompare(b.url)),
    [
      { url: first.url, secrets: [secret], eventId: event.id, body, nowMs: clock.now(), timeoutMs: 10_000 },
      {
        url: second.url,
        secrets: [second.secrets[0]?.secret],
        eventId: event.id,
        body,
        nowMs: clock.now(),
        timeoutMs: 10_000,
      },
    ],
  )
  const [entry] = await logOf(first)
  t.match(entry, { status: 'delivered', eventId: event.id, tries: 1, last: { status: 204, latencyMs: 3 } })
  t.notOk(entry?.dueAt, 'no retry is due')
})

test('an event that Kafka delivers again is not sent again', async (t) => {
  const { clock, addEndpoint, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(delivered)
  const event = webhookEvent(endpoint.tenant, clock.now())
  const delivery = startDelivery(send)
  await delivery.accept(event)
  await delivery.accept(event, event)
  t.equal(requests.length, 1)
})

test('a message that is not an event is skipped and counted', async (t) => {
  const { clock, addEndpoint, logLines, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const event = webhookEvent(endpoint.tenant, clock.now())
  const { requests, send } = createSender(delivered)
  let unreadable = 0
  const observer = {
    tryFinished() {},
    givenUp() {},
    oldestDueSeen() {},
    eventUnreadable: () => {
      unreadable += 1
    },
  }
  const delivery = startDelivery(send, { observer })
  const poison = [null, 'not json', '{}', { ...event, type: 'hashgate.image.upload.completed.v1' }]
  const large = { ...event, id: 'x'.repeat(2_000) }
  t.strictSame(await delivery.accept(...poison, large, event), [])
  t.equal(unreadable, poison.length + 1)
  t.equal(requests.length, 1, 'the rest of the batch is sent')
  t.match(
    logLines.filter(({ operation }) => operation === 'accept-event'),
    poison.map(() => ({ topic: 'image.processed', partition: 0 })),
  )
})

test('an endpoint gets no events that occurred before its creation', async (t) => {
  const { clock, addEndpoint, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(delivered)
  const delivery = startDelivery(send)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now() - 120_000))
  t.equal(requests.length, 0)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now() - 30_000))
  t.equal(requests.length, 1, 'clocks may differ by a minute')
})

test('an endpoint gets every event after its creation, although endpoints are cached', async (t) => {
  const { clock, addEndpoint, startDelivery } = await createTestWebhooks(t)
  const { tenant } = await addEndpoint({ events: ['image.rejected'] })
  const { requests, send } = createSender(delivered)
  const delivery = startDelivery(send)
  await delivery.accept(webhookEvent(tenant, clock.now()))
  clock.advance(1)
  await addEndpoint({ tenant })
  await delivery.accept(webhookEvent(tenant, clock.now()))
  t.equal(requests.length, 1)
})
