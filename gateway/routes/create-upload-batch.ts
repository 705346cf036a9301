import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { GatewayApp } from '../http/gateway-app.ts'
import {
  Problem,
  toProblem,
  toProblemDetails,
  type ValidationError,
  validationProblem,
} from '../http/problems.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import {
  maxBatchItems,
  ref,
  type UploadBatchItem,
  UploadBatchRequest,
  UploadBatchResult,
  type UploadRequest,
} from '../http/schemas.ts'
import { logServerError } from '../plugins/error-handler.ts'
import type { RequestUpload } from '../uploads/request-upload.ts'

type Item = Static<typeof UploadRequest>
type Result = Static<typeof UploadBatchItem>
type BatchRequest = FastifyRequest<{ Body: Static<typeof UploadBatchRequest> }>

/** `POST /v1/uploads/batch`: up to 100 images in one request, each with an answer of its own. */
export function createUploadBatch(app: GatewayApp, requestUpload: RequestUpload): void {
  const schema = {
    operationId: 'createUploadBatch',
    tags: ['uploads'],
    summary: 'Ask where to upload up to 100 images',
    description:
      'Each item gets what `createUpload` would have answered, or a problem of its own; one bad item does not fail the others.',
    body: ref(UploadBatchRequest),
    response: {
      200: jsonResponse(UploadBatchResult, 'One result an item, in the same order.'),
      ...problemResponses([], { body: true }),
    },
  }

  const options = {
    schema,
    config: { scope: 'upload' },
    attachValidation: true,
    preValidation: refuseLongList,
  } as const
  app.post('/uploads/batch', options, async (request, reply) => {
    const faults = groupByItem(request.validationError?.validation ?? [])
    const faultsOfTheWhole = faults.get(undefined)
    if (faultsOfTheWhole) throw validationProblem(faultsOfTheWhole)
    await countItems(request, reply)
    const answered = new Map<string, Promise<Result>>()

    /** The same image twice in one batch is one request. */
    function answerOnce(item: Item, index: number): Promise<Result> {
      const identity = JSON.stringify(item)
      const result = answered.get(identity) ?? answerItem(item, index)
      answered.set(identity, result)
      return result
    }

    async function answerItem(item: Item, index: number): Promise<Result> {
      try {
        const itsFaults = faults.get(index)
        if (itsFaults) throw validationProblem(itsFaults)
        return await requestUpload(request.principal, item)
      } catch (error) {
        const problem = toProblem(error)
        logServerError(problem, request)
        return { problem: toProblemDetails(problem) }
      }
    }

    return { results: await Promise.all(request.body.uploads.map(answerOnce)) }
  })

  /** Each item is a request; the first was counted when the key was. */
  async function countItems(request: BatchRequest, reply: FastifyReply): Promise<void> {
    const { length } = request.body.uploads
    const { requestsPerMinute } = request.principal
    if (length > requestsPerMinute) throw longList(requestsPerMinute, ', as this key may ask in a minute')
    await app.countRequests(request, reply, length - 1)
  }
}

/** The validator looks at every item, however many there are, and finds all their faults: so they are counted before. */
async function refuseLongList({ body }: FastifyRequest): Promise<void> {
  const { uploads } = (body ?? {}) as { uploads?: unknown }
  if (!Array.isArray(uploads) || uploads.length <= maxBatchItems) return
  throw longList(maxBatchItems)
}

function longList(maxItems: number, why = ''): Problem {
  const message = `must NOT have more than ${maxItems} items${why}`
  return new Problem('VALIDATION_FAILED', { errors: [{ field: 'uploads', message }] })
}

/** Faults by the position of their item; those of the request as a whole are under `undefined`. */
function groupByItem(faults: ValidationError[]): Map<number | undefined, ValidationError[]> {
  return Map.groupBy(faults, ({ instancePath }) => {
    const position = /^\/uploads\/(\d+)/.exec(instancePath)?.[1]
    return position === undefined ? undefined : Number(position)
  })
}
