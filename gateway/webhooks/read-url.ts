import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import { Problem } from '../http/problems.ts'

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** The URL of an endpoint in its normal form, without a fragment. @throws Problem VALIDATION_FAILED */
export function readUrl(text: string): string {
  const url = URL.parse(text)
  if (!url) throw invalidUrl('is not a URL')
  if (url.username || url.password) throw invalidUrl('must NOT contain a user name or password')
  if (url.protocol !== 'https:' && !loopback.includes(url.hostname))
    throw invalidUrl('must begin with https://')
  url.hash = ''
  return url.href
}

function invalidUrl(message: string): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ field: 'url', message }] })
}

/**
 * Two endpoints with the same URL would get every event twice. The likely cause is a request that was repeated because its answer
 * was lost.
 * @throws Problem WEBHOOK_EXISTS
 */
export function assertNewUrl(url: string, others: WebhookEndpoint[]): void {
  const same = others.find((endpoint) => endpoint.url === url)
  if (!same) return
  const detail = `The webhook endpoint ${same.endpointId} has this URL. Change it, or rotate its secret if you do not know it.`
  throw new Problem('WEBHOOK_EXISTS', { detail })
}
