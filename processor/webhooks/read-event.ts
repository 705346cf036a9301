import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import { parseJson } from '../../core/parse-json.ts'
import { webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'

/** DynamoDB stores at most 400 kB an item and 2 kB a key; our events have less than 2 kB. */
const maxBodyBytes = 256_000
const maxIdLength = 1_024

const schema = Compile(
  Type.Object({
    id: Type.String({ minLength: 1, maxLength: maxIdLength }),
    type: Type.Enum(webhookEvents.map((topic) => `hashgate.${topic}.v1`)),
    time: Type.String(),
    data: Type.Object({ tenant: Type.String({ minLength: 1 }), imageId: Type.String() }),
  }),
)

/** The event of a message, with its JSON as it is on Kafka. Undefined when the message is not an event for webhooks. */
export function readEvent({ value }: KafkaMessage): { event: ImageEvent; body: string } | undefined {
  if (!value || value.length > maxBodyBytes) return undefined
  const body = value.toString()
  try {
    const event: unknown = parseJson(body)
    return schema.Check(event) ? { event: event as unknown as ImageEvent, body } : undefined
  } catch {
    return undefined
  }
}
