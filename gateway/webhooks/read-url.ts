import { checkWebhookUrl } from '../../core/webhooks/check-webhook-url.ts'
import type { ReceiverRules } from '../../core/webhooks/receiver-rules.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import { Problem } from '../http/problems.ts'

/** The URL of an endpoint in its normal form. Its addresses are checked at each delivery. @throws Problem VALIDATION_FAILED */
export function readUrl(text: string, rules: ReceiverRules): string {
  const message = checkWebhookUrl(text, rules)
  if (message) throw new Problem('VALIDATION_FAILED', { errors: [{ field: 'url', message }] })
  return new URL(text).href
}

/**
 * Two endpoints with the same URL would get every event twice. The likely cause is a request that was repeated because its response
 * was lost.
 * @throws Problem WEBHOOK_EXISTS
 */
export function assertNewUrl(url: string, others: WebhookEndpoint[]): void {
  const same = others.find((endpoint) => endpoint.url === url)
  if (!same) return
  const detail = `The webhook endpoint ${same.endpointId} has this URL. Change it, or rotate its secret if you do not know it.`
  throw new Problem('WEBHOOK_EXISTS', { detail })
}
