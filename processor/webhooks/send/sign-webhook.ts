import { Webhook } from 'standardwebhooks'

interface Signable {
  /** The `id` of the event, the same at each try. */
  eventId: string
  body: string
  /** Secrets (`whsec_…`), each of which signs. */
  secrets: readonly string[]
  nowMs: number
}

/**
 * The three headers of Standard Webhooks. While a secret is rotated there are two signatures, separated by a space; a receiver
 * accepts the webhook if one of them matches its secret.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook({ eventId, body, secrets, nowMs }: Signable): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(eventId, new Date(nowMs), body))
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': signatures.join(' '),
  }
}
