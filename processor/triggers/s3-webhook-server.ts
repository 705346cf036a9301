import type { S3Event } from 'aws-lambda'
import Fastify, { type FastifyReply, LogController } from 'fastify'
import { Problem } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry/logger.ts'

interface ReceiverOptions {
  handle: (event: S3Event, context: { awsRequestId: string; signal: AbortSignal }) => Promise<unknown>
  logger: Logger
}

/** An S3 notification holds few records; anything larger is no S3 notification. */
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
 * The worker's ear for S3 notifications where no Lambda listens: `POST /s3-events` takes the event JSON that S3 sends
 * and answers 204 when it is done with, 503 when it must be sent again.
 */
export function createS3WebhookServer({ handle, logger }: ReceiverOptions) {
  const receiver = Fastify({
    loggerInstance: logger,
    bodyLimit: maxEventBytes,
    http: { headersTimeout: 20_000 },
    requestTimeout: 30_000,
    logController: new LogController({ disableRequestLogging: true }),
  })

  receiver.get('/healthz', async () => ({ status: 'ok' }))

  const closing = new AbortController()
  receiver.addHook('preClose', async () => closing.abort())

  receiver.post<{ Body: Partial<S3Event> }>(
    '/s3-events',
    { schema: { body: s3EventSchema } },
    async ({ body: { Records = [] }, id }, reply) => {
      await handle({ Records }, { awsRequestId: id, signal: closing.signal })
      return reply.code(204).send()
    },
  )

  receiver.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error.statusCode && error.statusCode < 500) {
      return sendProblem(reply, toClientProblem(error.statusCode))
    }
    logger.warn({ operation: 'trigger', err: error }, 'the notification must come again')
    return sendProblem(reply, new Problem('DEPENDENCY_UNAVAILABLE', { retryAfterSeconds: 1 }))
  })

  return receiver
}

function toClientProblem(statusCode: number): Problem {
  if (statusCode === 413) return new Problem('BODY_TOO_LARGE')
  if (statusCode === 415) return new Problem('UNSUPPORTED_MEDIA_TYPE')
  return new Problem('BAD_REQUEST')
}

function sendProblem(reply: FastifyReply, { status, title, code, retryAfterSeconds }: Problem) {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', status, title, code })
}
