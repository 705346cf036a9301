import { Type } from 'typebox'
import { maxUrlLength } from '../../core/webhooks/check-webhook-url.ts'
import { maxEndpoints, webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import { extensibleEnum, stringEnum } from '../http/enums.ts'
import { moment, ref } from '../http/schemas/schema-parts.ts'
import { testEventType } from './create-test-event.ts'
import { webhookExamples as examples } from './webhook-examples.ts'

/** The named schemas of webhooks. */

const EndpointId = Type.String({
  pattern: '^whe_[A-Za-z0-9_-]{22}$',
  description: 'Id of the endpoint.',
  examples: [examples.endpointId],
})

export const EndpointParams = Type.Object({ endpointId: EndpointId })

export const DeliveryParams = Type.Object({
  endpointId: EndpointId,
  eventId: Type.String({
    pattern: '^[a-z0-9][!-~]*$',
    maxLength: 256,
    description: '`id` of the event, percent-encoded.',
    examples: [examples.delivery.eventId],
  }),
})

const url = Type.String({
  format: 'uri',
  pattern: '^https?://',
  maxLength: maxUrlLength,
  description:
    'Where events are sent by `POST`: an `https` URL without credentials and fragment, on port 443 or above 1024, whose host is on the public internet.',
})

const description = Type.String({ maxLength: 255, description: 'A note for your own use.' })

export const WebhookEvent = stringEnum(webhookEvents, {
  $id: 'WebhookEvent',
  'x-enum-varnames': webhookEvents.map((event) => event.replace('.', '_').toUpperCase()),
  description: '`image.processed`: an image is ready. `image.rejected`: an image was rejected.',
  examples: ['image.processed'],
})

const events = Type.Array(ref(WebhookEvent), {
  minItems: 1,
  maxItems: 10,
  description: 'The events to send.',
})

export const WebhookEndpointRequest = Type.Object(
  { url, events, description: Type.Optional(description) },
  { $id: 'WebhookEndpointRequest', additionalProperties: false, examples: [examples.endpointRequest] },
)

export const WebhookEndpointChange = Type.Object(
  {
    url: Type.Optional(url),
    events: Type.Optional(events),
    description: Type.Optional(
      Type.String({ maxLength: 255, description: 'A note for your own use. An empty text removes it.' }),
    ),
    enabled: Type.Optional(
      Type.Boolean({
        description:
          '`false`: events are logged as `skipped`, and nothing is sent. `true`: a `disabled` or `failing` endpoint is `active` again.',
      }),
    ),
  },
  {
    $id: 'WebhookEndpointChange',
    additionalProperties: false,
    minProperties: 1,
    description: 'The fields to change. Others keep their values.',
    examples: [examples.endpointChange],
  },
)

const endpointFields = {
  endpointId: EndpointId,
  url: Type.String({ format: 'uri' }),
  events: Type.Array(extensibleEnum(webhookEvents), { description: 'The events that are sent.' }),
  description: Type.Optional(description),
  status: extensibleEnum(['active', 'failing', 'disabled'], {
    description:
      '`failing`: at least one event could not be delivered within a day. `disabled`: nothing is sent until you enable it.',
  }),
  disabledReason: Type.Optional(
    extensibleEnum(['requested', 'failed', 'gone'], {
      description:
        '`requested`: by a call. `failed`: it has failed for 5 days. `gone`: it answered 410. Present with `disabled`.',
    }),
  ),
  failingSince: Type.Optional(moment('Since when no event could be delivered.')),
  previousSecretsExpireAt: Type.Optional(
    moment(
      'Until when deliveries carry signatures of earlier secrets as well. Present after `rotateWebhookSecret`.',
    ),
  ),
  createdAt: moment('When the endpoint was created.'),
  updatedAt: moment('When the endpoint was last changed.'),
}

export const WebhookEndpoint = Type.Object(endpointFields, {
  $id: 'WebhookEndpoint',
  examples: [examples.endpoint],
})

export const WebhookEndpointWithSecret = Type.Object(
  {
    ...endpointFields,
    secret: Type.String({
      pattern: '^whsec_',
      description: 'Secret for verifying signatures. Store it: no other call returns it.',
    }),
  },
  { $id: 'WebhookEndpointWithSecret', examples: [examples.endpointWithSecret] },
)

export const WebhookEndpointList = Type.Object(
  {
    endpoints: Type.Array(ref(WebhookEndpoint), {
      description: `Oldest first, ${maxEndpoints} at most.`,
    }),
  },
  { $id: 'WebhookEndpointList', examples: [examples.endpointList] },
)

export const WebhookTry = Type.Object(
  {
    at: moment('When the request was sent.'),
    status: Type.Optional(
      Type.Integer({ description: 'HTTP status of the response. Absent if there was none.' }),
    ),
    latencyMs: Type.Number({ minimum: 0, description: 'Milliseconds until the response or the failure.' }),
    answer: Type.Optional(
      Type.String({
        description: 'The first 1,000 bytes of the response. The text is untrusted: escape it.',
      }),
    ),
    reason: Type.Optional(
      Type.String({ description: 'Why the try failed, as a sentence. Absent after a success.' }),
    ),
  },
  { $id: 'WebhookTry', examples: [examples.lastTry] },
)

export const WebhookDelivery = Type.Object(
  {
    eventId: Type.String({
      description:
        '`id` of the event and `webhook-id` of the requests. It contains slashes: percent-encode it in paths.',
    }),
    eventType: extensibleEnum<string>([...webhookEvents, testEventType]),
    status: extensibleEnum(['pending', 'delivered', 'failed', 'skipped'], {
      description:
        '`pending`: a try is under way or will follow. `failed`: the last try has failed. `skipped`: the endpoint was disabled.',
    }),
    tries: Type.Integer({ minimum: 0, description: 'Requests that were sent.' }),
    createdAt: moment('When the delivery was scheduled.'),
    nextTryAt: Type.Optional(
      moment('When the next try is due. During a try: when it counts as lost and is repeated.'),
    ),
    lastTry: Type.Optional(ref(WebhookTry)),
  },
  { $id: 'WebhookDelivery', examples: [examples.testDelivery, examples.delivery] },
)

export const WebhookDeliveryList = Type.Object(
  {
    deliveries: Type.Array(ref(WebhookDelivery), { description: 'Newest first.' }),
    nextCursor: Type.Optional(
      Type.String({
        description: 'Present when there may be more deliveries: pass it as `cursor` to get the next page.',
      }),
    ),
  },
  { $id: 'WebhookDeliveryList', examples: [examples.deliveryList] },
)

const replayedDeliveries = ['undelivered', 'all'] as const

export const WebhookReplayRequest = Type.Object(
  {
    since: moment('Deliveries that were first scheduled at this time or later are sent again.'),
    only: Type.Optional(
      stringEnum(replayedDeliveries, {
        default: 'undelivered',
        description:
          '`undelivered`: those that are `failed` or `skipped`. `all`: also those that are `delivered`.',
      }),
    ),
  },
  { $id: 'WebhookReplayRequest', additionalProperties: false, examples: [examples.replayRequest] },
)

export const WebhookReplay = Type.Object(
  {
    since: moment('Start of the period.'),
    until: moment('End of the period: when the replay was requested.'),
    only: extensibleEnum(replayedDeliveries),
  },
  { $id: 'WebhookReplay', examples: [examples.replay] },
)

export const webhookSchemas = [
  WebhookEvent,
  WebhookEndpointRequest,
  WebhookEndpointChange,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
  WebhookEndpointList,
  WebhookDelivery,
  WebhookTry,
  WebhookDeliveryList,
  WebhookReplayRequest,
  WebhookReplay,
]
