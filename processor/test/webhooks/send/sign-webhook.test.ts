import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import t from 'tap'
import { generateSecret } from '../../../../core/webhooks/webhook-endpoint.ts'
import { verifySignatures } from '../../../../scripts/testkit/webhooks/verify-signatures.ts'
import { signWebhook } from '../../../webhooks/send/sign-webhook.ts'

const rejected = WebhookVerificationError as unknown as Error

t.test('a receiver accepts 10,000 signatures, and none of a changed body or an old timestamp', async (t) => {
  t.strictSame(verifySignatures(10_000), { accepted: 10_000, acceptedChanged: 0, acceptedOld: 0 })
})

t.test('a receiver rejects a changed id, an old timestamp and another secret', async (t) => {
  const secret = generateSecret()
  const sign = (nowMs: number) => signWebhook({ eventId: 'e1', body: '{}', secrets: [secret], nowMs })
  const webhook = new Webhook(secret)
  t.same(webhook.verify('{}', sign(Date.now() - 4 * 60_000)), {})
  t.throws(() => webhook.verify('{}', sign(Date.now() - 6 * 60_000)), { message: /too old/ })
  t.throws(() => webhook.verify('{}', sign(Date.now() + 6 * 60_000)), { message: /too new/ })
  t.throws(() => webhook.verify('{}', { ...sign(Date.now()), 'webhook-id': 'e2' }), rejected)
  t.throws(() => new Webhook(generateSecret()).verify('{}', sign(Date.now())), rejected)
})

t.test('the signature matches the test vector of the specification', async (t) => {
  // Source: the test vector of the reference libraries, standard-webhooks/libraries.
  const headers = signWebhook({
    eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body: '{"test": 2432232314}',
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    nowMs: 1_614_265_330_999,
  })
  t.same(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})
