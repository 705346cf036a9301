import Fastify, { LogController } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
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
  /** The dependencies that `GET /readyz` checks; causes are logged. */
  dependencies?: Record<string, WatchedDependency>
  logger: Logger
}

/** An S3 notification holds few records, so anything larger is not one. */
const maxEventBytes = 1_048_576

/** SNS sends it once to an HTTP subscriber. Source: "Parsing message formats", Amazon SNS Developer Guide. */
const subscriptionConfirmation = Compile(
  Type.Object({ Type: Type.Literal('SubscriptionConfirmation'), SubscribeURL: Type.String() }),
)

/**
 * Receives S3 notifications over HTTP, in deployments without the Lambda function. `POST /s3-events` takes the event JSON of S3, also through SNS or
 * EventBridge, and answers 204 once every image in it is processed, 400 when it is not an S3 event, or 503 when it must be sent again.
 */
export function createS3WebhookServer({ processor, rawBucket, dependencies = {}, logger }: S3WebhookOptions) {
  const server = Fastify({
    loggerInstance: logger,
    bodyLimit: maxEventBytes,
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 1_000 },
    requestTimeout: 30_000,
    logController: new LogController({ disableRequestLogging: true }),
  })

  const parse = server.getDefaultJsonParser('error', 'error')
  // SNS sends its JSON as text/plain.
  const types = ['application/json', 'text/plain']
  server.addContentTypeParser<string>(types, { parseAs: 'string' }, (request, body, done) => {
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

  server.post('/s3-events', async ({ body, id }, reply) => {
    if (subscriptionConfirmation.Check(body)) {
      const facts = { operation: 'trigger', subscribeUrl: body.SubscribeURL }
      logger.warn(
        facts,
        'Amazon SNS requests confirmation of a subscription; open subscribeUrl if you created it',
      )
      return reply.code(204).send()
    }
    const { objects, unreadable } = readS3Event(body, rawBucket)
    const call = { awsRequestId: id, signal: closing.signal }
    if (objects.length > 0) await processor.handleObjectsCreated(objects, call)
    if (unreadable > 0) throw Object.assign(new Error('The body is not an S3 event.'), { statusCode: 400 })
    return reply.code(204).send()
  })

  server.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error.statusCode && error.statusCode < 500) return reply.send(error)
    logger.warn({ operation: 'trigger', err: error }, 'S3 notification failed; the store must send it again')
    return reply.code(503).header('retry-after', '1').send({ statusCode: 503, error: 'Service Unavailable' })
  })

  return server
}
