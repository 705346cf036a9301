import { randomUUID } from 'node:crypto'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'

export const testEventType = 'webhook.test'

/** The contents of a delivery of a new test event. Its body is a CloudEvent, like those of images. @param nowMs epoch milliseconds */
export function createTestEvent(
  { tenant, endpointId }: Pick<WebhookEndpoint, 'tenant' | 'endpointId'>,
  nowMs: number,
) {
  const event = {
    specversion: '1.0',
    id: `${tenant}/${endpointId}/${randomUUID()}/${testEventType}`,
    source: '/hashgate/gateway',
    type: `hashgate.${testEventType}.v1`,
    subject: endpointId,
    time: new Date(nowMs).toISOString(),
    datacontenttype: 'application/json',
    data: { tenant, endpointId },
  }
  return { tenant, endpointId, eventId: event.id, eventType: testEventType, body: JSON.stringify(event) }
}
