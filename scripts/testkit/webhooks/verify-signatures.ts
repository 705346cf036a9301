import { randomBytes } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { generateSecret } from '../../../core/webhooks/webhook-endpoint.ts'
import { signWebhook } from '../../../processor/webhooks/send/sign-webhook.ts'

const sixMinutesMs = 6 * 60_000

/** Signs bodies of many lengths with two secrets each, and counts those that the `standardwebhooks` package accepts. */
export function verifySignatures(count: number) {
  let accepted = 0
  let acceptedChanged = 0
  let acceptedOld = 0
  for (let index = 0; index < count; index++) {
    const secrets = [generateSecret(), generateSecret()]
    const body = JSON.stringify({ id: index, text: randomBytes(index % 300).toString('latin1') })
    const sign = (nowMs: number) => signWebhook({ eventId: `a/b.${index}`, body, secrets, nowMs })
    const webhook = new Webhook(secrets[index % 2] ?? '')
    const headers = sign(Date.now())
    accepted += Number(isValid(webhook, body, headers))
    acceptedChanged += Number(isValid(webhook, body.replace(String(index), String(index + 1)), headers))
    acceptedOld += Number(isValid(webhook, body, sign(Date.now() - sixMinutesMs)))
  }
  return { accepted, acceptedChanged, acceptedOld }
}

function isValid(webhook: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers)
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}
