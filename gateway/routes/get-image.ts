import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { type ImageRecord, isFinal } from '../../core/images/image-record.ts'
import type { GatewayConfig } from '../config.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { describeImage } from '../http/describe-image.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem } from '../http/problems.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { Image, ImageParams } from '../http/schemas.ts'

const firstPollMs = 50
const maxPollMs = 800

const Query = Type.Object(
  {
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 25,
        default: 0,
        description: 'Maximum seconds to wait for the status to become final. The gateway may wait for less.',
        examples: [20],
      }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /v1/images/{imageId}?wait=`: returns the image, immediately or once its status is final. */
export function getImage(
  app: GatewayApp,
  { MAX_WAIT_SECONDS }: Pick<GatewayConfig, 'MAX_WAIT_SECONDS'>,
  dependencies: GatewayDependencies,
): void {
  const { catalog } = dependencies
  const schema = {
    operationId: 'getImage',
    tags: ['images'],
    summary: 'Get an image and its variants',
    params: ImageParams,
    querystring: Query,
    response: {
      200: jsonResponse(Image, 'The current state of the image.'),
      ...problemResponses(['VALIDATION_FAILED', 'IMAGE_NOT_FOUND']),
    },
  }

  app.get('/images/:imageId', { schema, config: { scope: 'read' } }, async (request) => {
    const { wait = 0 } = request.query
    const over = AbortSignal.any([
      AbortSignal.timeout(Math.min(wait, MAX_WAIT_SECONDS) * 1000),
      request.signal,
      app.closing,
    ])
    const record = await findFinal(request.principal.tenant, request.params.imageId, over)
    if (!record) throw new Problem('IMAGE_NOT_FOUND')
    return describeImage(record, dependencies)
  })

  /** Polls, with growing intervals, until the status is final or the wait is over. */
  async function findFinal(
    tenant: string,
    imageId: string,
    over: AbortSignal,
  ): Promise<ImageRecord | undefined> {
    for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
      const record = await catalog.find(tenant, imageId)
      if (!record || isFinal(record) || over.aborted) return record
      await sleep(pollMs, undefined, { signal: over }).catch(() => {})
    }
  }
}
