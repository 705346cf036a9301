import t from 'tap'
import { startWebhookApp } from '../../webhooks/start-webhook-app.ts'

const { clock, webhooks, makeCaller } = await startWebhookApp(t)

t.test('a test event is due at once, and is a CloudEvent', async (t) => {
  const { call, create, tenant } = makeCaller()
  const { endpointId } = await create()
  const { status, json } = await call('POST', `/${endpointId}/test`)
  t.equal(status, 202)
  const now = new Date(clock.now).toISOString()
  const { eventId } = json
  t.strictSame(json, {
    eventId,
    eventType: 'webhook.test',
    status: 'pending',
    tries: 0,
    createdAt: now,
    nextTryAt: now,
  })
  const delivery = await webhooks.deliveries.find({ endpointId, eventId })
  t.match(delivery, { tenant, status: 'pending', dueAt: clock.now })
  t.strictSame(JSON.parse(delivery?.body ?? ''), {
    specversion: '1.0',
    id: eventId,
    source: '/hashgate/gateway',
    type: 'hashgate.webhook.test.v1',
    subject: endpointId,
    time: now,
    datacontenttype: 'application/json',
    data: { tenant, endpointId },
  })
  t.not((await call('POST', `/${endpointId}/test`)).json.eventId, eventId)
})

t.test('a test of a disabled or unknown endpoint is refused', async (t) => {
  const { call, create } = makeCaller()
  const { endpointId } = await create()
  await call('PATCH', `/${endpointId}`, { enabled: false })
  t.match(await call('POST', `/${endpointId}/test`), { status: 409, json: { code: 'WEBHOOK_DISABLED' } })
  const unknown = await call('POST', `/whe_${'x'.repeat(22)}/test`)
  t.match(unknown, { status: 404, json: { code: 'WEBHOOK_NOT_FOUND' } })
})

t.test('a test counts as ten requests, or as the whole rate of a key with less', async (t) => {
  for (const [requestsPerMinute, allowed] of [
    [32, 3],
    [5, 1],
  ] as const) {
    const { create, tenant } = makeCaller()
    const { endpointId } = await create()
    const { call } = makeCaller({ tenant, requestsPerMinute })
    const statuses: number[] = []
    for (let index = 0; index <= allowed; index++) {
      statuses.push((await call('POST', `/${endpointId}/test`)).status)
    }
    t.strictSame(statuses, [...Array(allowed).fill(202), 429], `${requestsPerMinute} a minute`)
  }
})
