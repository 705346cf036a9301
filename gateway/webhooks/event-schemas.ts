import { type TProperties, Type } from 'typebox'
import { rejections } from '../../core/errors.ts'
import { acceptedContentTypes } from '../../core/images/formats.ts'
import { extensibleEnum, stringEnum } from '../http/enums.ts'
import { ImageId } from '../http/schemas/image-schemas.ts'
import { keysOf, moment, ref } from '../http/schemas/schema-parts.ts'
import { testEventType } from './create-test-event.ts'
import { eventExamples as examples } from './event-examples.ts'

/** The bodies of webhooks. They are CloudEvents: those that are on Kafka, and the test event. */

const tenant = Type.String({ description: 'Your tenant.' })

const imageData = {
  tenant,
  imageId: ImageId,
  generation: Type.String({
    description:
      'UTC day of the first upload request, such as `20261122`, and a counter from the second upload on.',
  }),
  objectKey: Type.String({ description: 'Key of the original in the raw bucket.' }),
  sequence: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "Rises with each change of the image's status. Events can arrive in any order: drop one that is older than the last one you handled. Compare the day in `generation` first.",
    }),
  ),
  byteLength: Type.Integer({ format: 'int64', minimum: 1, description: 'Size of the original in bytes.' }),
  contentType: extensibleEnum(acceptedContentTypes, { description: 'Media type of the original.' }),
}

export const ProcessedImageData = Type.Object(imageData, {
  $id: 'ProcessedImageData',
  examples: [examples.processed.data],
})

export const RejectedImageData = Type.Object(
  { ...imageData, reason: extensibleEnum(keysOf(rejections), { description: 'Stable code.' }) },
  { $id: 'RejectedImageData', examples: [examples.rejected.data] },
)

export const WebhookTestData = Type.Object(
  { tenant, endpointId: Type.String({ description: 'The endpoint that is tested.' }) },
  { $id: 'WebhookTestData', examples: [examples.test.data] },
)

const cloudEvent = (type: string, about: string) => ({
  specversion: stringEnum(['1.0']),
  id: Type.String({ description: 'The same as `webhook-id`: repeated deliveries have the same one.' }),
  source: Type.String({ description: 'The service in which the event occurred.' }),
  type: stringEnum([`hashgate.${type}.v1`], { 'x-enum-varnames': ['V1'] }),
  subject: Type.String({ description: about }),
  time: moment('When the event occurred, which is earlier than a retry.'),
  datacontenttype: stringEnum(['application/json'], { 'x-enum-varnames': ['JSON'] }),
  traceparent: Type.Optional(Type.String({ description: 'W3C Trace Context, if the request was traced.' })),
})

const eventSchema = <T extends TProperties>(properties: T, $id: string, example: unknown) =>
  Type.Object(properties, { $id, examples: [example] })

export const ImageProcessedEvent = eventSchema(
  { ...cloudEvent('image.processed', 'The image id.'), data: ref(ProcessedImageData) },
  'ImageProcessedEvent',
  examples.processed,
)

export const ImageRejectedEvent = eventSchema(
  { ...cloudEvent('image.rejected', 'The image id.'), data: ref(RejectedImageData) },
  'ImageRejectedEvent',
  examples.rejected,
)

export const WebhookTestEvent = eventSchema(
  { ...cloudEvent(testEventType, 'The id of the endpoint.'), data: ref(WebhookTestData) },
  'WebhookTestEvent',
  examples.test,
)

export const eventSchemas = [
  ImageProcessedEvent,
  ImageRejectedEvent,
  WebhookTestEvent,
  ProcessedImageData,
  RejectedImageData,
  WebhookTestData,
]
