import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem, toProblemDetails } from '../http/problems.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ref } from '../http/schemas/schema-parts.ts'
import {
  maxBatchItems,
  type UploadBatchItem,
  UploadBatchRequest,
  UploadBatchResult,
  type UploadRequest,
} from '../http/schemas/upload-schemas.ts'
import { maxErrors, toProblem, type ValidationError, validationProblem } from '../http/to-problem.ts'
import { logServerError } from '../plugins/error-handler.ts'
import type { RequestUpload } from '../uploads/request-upload.ts'

type Item = Static<typeof UploadRequest>
type Result = Static<typeof UploadBatchItem>

/** `POST /v1/uploads/batch`: up to 100 images in one request, each with its own result. */
export function createUploadBatch(app: GatewayApp, requestUpload: RequestUpload): void {
  const schema = {
    operationId: 'createUploadBatch',
    tags: ['uploads'],
    summary: 'Request upload URLs for up to 100 images',
    description:
      'Each item gets the response of `createUpload` or its own problem. An invalid item does not affect the others.',
    body: ref(UploadBatchRequest),
    response: {
      200: jsonResponse(UploadBatchResult, 'One result per item, in the order of the request.'),
      ...problemResponses([], { body: true }),
    },
  }

  const options = {
    schema,
    config: { scope: 'upload', countsItems: true },
    attachValidation: true,
    preValidation: countItems,
  } as const
  app.post('/uploads/batch', options, async (request) => {
    const errors = groupByItem(request.validationError?.validation ?? [])
    const errorsOfBatch = errors.get(undefined)
    if (errorsOfBatch) throw validationProblem(errorsOfBatch)
    const maxErrorsPerItem = Math.ceil(maxErrors / Math.max(1, errors.size))
    const results = new Map<string, Promise<Result>>()

    /** Identical items of one batch are handled once. */
    function handleOnce(item: Item, index: number): Promise<Result> {
      const identity = JSON.stringify(item)
      const result = results.get(identity) ?? handleItem(item, index)
      results.set(identity, result)
      return result
    }

    async function handleItem(item: Item, index: number): Promise<Result> {
      try {
        const itemErrors = errors.get(index)
        if (itemErrors) throw validationProblem(itemErrors, maxErrorsPerItem)
        return await requestUpload(request.principal, item)
      } catch (error) {
        const problem = toProblem(error)
        logServerError(problem, request)
        return { problem: toProblemDetails(problem) }
      }
    }

    return { results: await Promise.all(request.body.uploads.map(handleOnce)) }
  })

  /**
   * Counts each item as a request, all in one step. Runs before validation, because the validator would collect the errors of
   * every item, without a limit.
   */
  function countItems(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const { uploads } = Object(request.body) as { uploads?: unknown }
    const items = Array.isArray(uploads) ? uploads.length : 0
    const refusal = rejectLongList(items, request.principal.requestsPerMinute)
    const times = refusal ? 1 : Math.max(1, items)
    app.countRequests(request, reply, times, (limit) => done(limit ?? refusal))
  }
}

function rejectLongList(items: number, requestsPerMinute: number): Problem | undefined {
  if (items > maxBatchItems) return longList(maxBatchItems)
  // Such a batch could never be accepted, so waiting cannot help.
  if (items > requestsPerMinute) return longList(requestsPerMinute, ', the rate limit of this key per minute')
  return undefined
}

function longList(maxItems: number, why = ''): Problem {
  const message = `must NOT have more than ${maxItems} items${why}`
  return new Problem('VALIDATION_FAILED', { errors: [{ field: 'uploads', message }] })
}

/** Groups errors by the position of their item; those of the request as a whole are under `undefined`. */
function groupByItem(errors: ValidationError[]): Map<number | undefined, ValidationError[]> {
  return Map.groupBy(errors, ({ instancePath }) => {
    const position = /^\/uploads\/(\d+)/.exec(instancePath)?.[1]
    return position === undefined ? undefined : Number(position)
  })
}
