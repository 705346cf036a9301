import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { stringEnum } from '../http/enums.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { eventStreamResponse, problemResponses } from '../http/responses.ts'
import { ImageId } from '../http/schemas/image-schemas.ts'
import { toProblem } from '../http/to-problem.ts'
import { streamTopics } from '../live-events/event-feed.ts'

const description = `Your tenant's events as they happen, as [Server-Sent Events](https://html.spec.whatwg.org/multipage/server-sent-events.html).
The response starts once no event can be missed, and stays open for up to four minutes; then reconnect.

- An event has the \`id\` of its place in the stream, the type as \`event\`, and the CloudEvent in one line as \`data\`.
- \`event: resync\` means that events may have been missed: read the states of your images again. After a reconnect without it,
  none were missed if you sent the last \`id\` as \`Last-Event-ID\`.
- A comment follows every 15 seconds.
- An event can arrive more than once. A reader that leaves more than 256 kB unread is disconnected.`

const Query = Type.Object(
  {
    types: Type.Optional(
      Type.Array(stringEnum(streamTopics), {
        minItems: 1,
        style: 'form',
        explode: false,
        description: 'Types of the events, separated by commas. All by default.',
        examples: [[...streamTopics]],
      }),
    ),
    imageId: Type.Optional(
      Type.Array(ImageId, {
        minItems: 1,
        maxItems: 100,
        description: 'Only events of this image. Repeatable, up to 100 times. All images by default.',
        examples: [[examples.imageId]],
      }),
    ),
  },
  { additionalProperties: false },
)

const Headers = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      maxLength: 128,
      description: '`id` of the last event that you received. If it is unknown, `resync` is sent.',
      examples: ['5c1e0f7a9b3d-8'],
    }),
  ),
})

/** `GET /v1/events?types=&imageId=`: streams the tenant's events. */
export function streamEvents(app: GatewayApp): void {
  const schema = {
    operationId: 'streamEvents',
    tags: ['images'],
    summary: 'Stream events as they happen',
    description,
    querystring: Query,
    headers: Headers,
    response: {
      200: eventStreamResponse('The stream.', examples.eventStream),
      ...problemResponses(['VALIDATION_FAILED', 'TOO_MANY_STREAMS']),
    },
  }
  const options = { schema, config: { scope: 'read' as const }, preValidation: splitLists }

  app.get('/events', options, async (request, reply) => {
    if (request.method === 'HEAD') return reply.type('text/event-stream').send(Readable.from([]))
    const { query, headers, principal } = request
    const start = await app.liveEvents.open({
      tenant: principal.tenant,
      ...(query.types && { topics: new Set(query.types) }),
      ...(query.imageId && { imageIds: new Set(query.imageId) }),
      lastEventId: headers['last-event-id'],
      isAllowed: () => isAllowed(request, reply),
      logger: request.log,
    })
    start(reply.startStream())
    return reply
  })

  /** Whether the request would still be authorized. An outage of the key table or the issuer ends no stream. */
  async function isAllowed(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const { tenant } = request.principal
    try {
      await app.authenticate(request, reply)
      return request.principal.tenant === tenant
    } catch (error) {
      return toProblem(error).status >= 500
    }
  }
}

/** A parameter that occurs once is text, and a list of types is separated by commas. */
async function splitLists(request: FastifyRequest): Promise<void> {
  const query = request.query as Record<string, string | string[] | undefined>
  const { types, imageId } = query
  if (types !== undefined) query.types = [types].flat().flatMap((text) => text.split(','))
  if (imageId !== undefined) query.imageId = [imageId].flat()
}
