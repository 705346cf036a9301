import type { S3Event } from 'aws-lambda'
import Fastify, { LogController } from 'fastify'
import { assertShallow } from '../../core/parse-json.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import {
  summarizeReadiness,
  type WatchedDependency,
  watchWhileListening,
} from '../../core/telemetry/watch-dependencies.ts'
import type { Processor } from './create-processor.ts'
import { readS3Event } from './read-s3-event.ts'

interface S3WebhookOptions {
  processor: Pick<Processor, 'handleObjectsCreated'>
  rawBucket: string
  /** What `GET /readyz` checks; the log has the causes. */
  dependencies?: Record<string, WatchedDependency>
  logger: Logger
}

/** An S3 notification holds few records, so anything larger is not one. */
const maxEventBytes = 1_048_576

const s3EventSchema = {
  anyOf: [
    {
      type: 'object',
      required: ['Records'],
      properties: {
        Records: {
          type: 'array',
          items: {
            type: 'object',
            required: ['eventName', 's3'],
            properties: {
              eventName: { type: 'string' },
              s3: {
                type: 'object',
                required: ['bucket', 'object'],
                properties: {
                  bucket: {
                    type: 'object',
                    required: ['name'],
                    properties: { name: { type: 'string' } },
                  },
                  object: {
                    type: 'object',
                    required: ['key'],
                    properties: { key: { type: 'string' }, sequencer: { type: 'string' } },
                  },
                },
              },
            },
          },
        },
      },
    },
    { type: 'object', required: ['Event'], properties: { Event: { const: 's3:TestEvent' } } },
  ],
}

/**
 * Receives S3 notifications over HTTP where no Lambda function does. `POST /s3-events` takes the event JSON that S3 sends and
 * answers 204 once every image in it is processed, or 503 when the store must send it again.
 */
export function createS3WebhookServer({ processor, rawBucket, dependencies = {}, logger }: S3WebhookOptions) {
  const server = Fastify({
    loggerInstance: logger,
    bodyLimit: maxEventBytes,
    http: { headersTimeout: 20_000 },
    requestTimeout: 30_000,
    logController: new LogController({ disableRequestLogging: true }),
  })

  const parse = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    assertShallow(body)
    parse(request, body, done)
  })

  server.get('/healthz', async () => ({ status: 'ok' }))

  const checkReadiness = watchWhileListening(server, dependencies, logger)
  server.get('/readyz', async (_request, reply) => {
    const states = await checkReadiness()
    const status = summarizeReadiness(states)
    return reply.code(status === 'unavailable' ? 503 : 200).send({ status, dependencies: states })
  })

  const closing = new AbortController()
  server.addHook('preClose', async () => closing.abort())

  server.post<{ Body: Partial<S3Event> }>(
    '/s3-events',
    { schema: { body: s3EventSchema } },
    async ({ body: { Records = [] }, id }, reply) => {
      const objects = readS3Event({ Records }, rawBucket)
      await processor.handleObjectsCreated(objects, { awsRequestId: id, signal: closing.signal })
      return reply.code(204).send()
    },
  )

  server.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error.statusCode && error.statusCode < 500) return reply.send(error)
    logger.warn({ operation: 'trigger', err: error }, 'S3 notification failed; the store must send it again')
    return reply.code(503).header('retry-after', '1').send({ statusCode: 503, error: 'Service Unavailable' })
  })

  return server
}
