import type { Static } from 'typebox'
import type { GatewayApp } from '../app.ts'
import {
  logFailure,
  toProblem,
  toProblemDetails,
  type ValidationFault,
  validationProblem,
} from '../plugins/report-problems.ts'
import type { RequestUpload, UploadAnswer } from '../request-upload.ts'
import {
  ref,
  UploadBatchRequest,
  UploadBatchResult,
  type UploadRefused,
  type UploadRequest,
} from '../schemas.ts'
import { answer, problemAnswers } from './responses.ts'

type Item = Static<typeof UploadRequest>
type Result = UploadAnswer | Static<typeof UploadRefused>

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
      200: answer(UploadBatchResult, 'One result an item, in the same order.'),
      ...problemAnswers([], { body: true }),
    },
  }

  app.post(
    '/uploads/batch',
    { schema, config: { scope: 'upload' }, attachValidation: true },
    async (request) => {
      const faults = groupByItem(request.validationError?.validation ?? [])
      const faultsOfTheWhole = faults.get(undefined)
      if (faultsOfTheWhole) throw validationProblem(faultsOfTheWhole)
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
          logFailure(problem, request)
          return { problem: toProblemDetails(problem) }
        }
      }

      return { results: await Promise.all(request.body.uploads.map(answerOnce)) }
    },
  )
}

/** Faults by the position of their item; those of the request as a whole are under `undefined`. */
function groupByItem(faults: ValidationFault[]): Map<number | undefined, ValidationFault[]> {
  return Map.groupBy(faults, ({ instancePath }) => {
    const position = /^\/uploads\/(\d+)/.exec(instancePath)?.[1]
    return position === undefined ? undefined : Number(position)
  })
}
