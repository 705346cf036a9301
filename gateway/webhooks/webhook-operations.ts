import type { TSchema } from 'typebox'
import { topics } from '../../core/events/image-events.ts'
import { testEventType } from './create-test-event.ts'
import { ImageProcessedEvent, ImageRejectedEvent, WebhookTestEvent } from './event-schemas.ts'

/** The section `webhooks` of the OpenAPI document: the requests that receivers get. */

const header = (name: string, example: string, description: string) => ({
  name,
  in: 'header' as const,
  required: true,
  description,
  schema: { type: 'string' as const },
  example,
})

/** Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. */
const signatureHeaders = (eventId: string) => [
  header(
    'webhook-id',
    eventId,
    'Id of the event, the same at each try. Drop what you have processed already.',
  ),
  header(
    'webhook-timestamp',
    '1795341602',
    'When the request was sent, in seconds since 1970. Reject it if it is more than 5 minutes from your clock.',
  ),
  header(
    'webhook-signature',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    'Signatures separated by spaces, one per valid secret: `v1,` and the HMAC-SHA256 in base64 of id, timestamp and body, joined by dots. Accept the request if one of them matches.',
  ),
]

const received = { description: 'Received. Any 2xx status means that. Answer within 10 seconds.' }
const gone = { description: 'The endpoint is disabled, and nothing is sent to it any more.' }
const failed = {
  description: 'The request is repeated for 24 hours, with increasing pauses. Redirects are not followed.',
}

function describeWebhook(event: TSchema, options: { operationId: string; summary: string; when: string }) {
  const { $id, examples = [] } = event as { $id?: string; examples?: { id: string }[] }
  const [example] = examples
  const { operationId, summary, when } = options
  return {
    post: {
      operationId,
      tags: ['webhooks'],
      summary,
      description: `${when} Signed as [Standard Webhooks](https://www.standardwebhooks.com) describes. Verify the signature over the body as it arrived, before you parse it. Events can be repeated and can arrive in any order.`,
      security: [],
      parameters: signatureHeaders(example?.id ?? ''),
      requestBody: {
        required: true,
        content: {
          'application/cloudevents+json': { schema: { $ref: `#/components/schemas/${$id}` }, example },
        },
      },
      responses: { 204: received, 410: gone, default: failed },
    },
  }
}

export const webhookOperations = {
  [topics.processed]: describeWebhook(ImageProcessedEvent, {
    operationId: 'imageProcessed',
    summary: 'An image is ready',
    when: 'Sent once the variants of an image can be read: request the image for their URLs.',
  }),
  [topics.rejected]: describeWebhook(ImageRejectedEvent, {
    operationId: 'imageRejected',
    summary: 'An image was rejected',
    when: 'Sent when an image cannot be used. `data.reason` says why.',
  }),
  [testEventType]: describeWebhook(WebhookTestEvent, {
    operationId: 'webhookTest',
    summary: 'A test event',
    when: 'Sent by `testWebhook`, regardless of the events that the endpoint subscribes to.',
  }),
}
