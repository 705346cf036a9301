import { Type } from 'typebox'
import type { GatewayConfig } from '../config.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { describeImage } from '../http/describe-image.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem } from '../http/problems.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { Image, ImageParams } from '../http/schemas/image-schemas.ts'
import { createWaitForFinal } from '../long-poll/create-wait-for-final.ts'

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
  const waitForFinal = createWaitForFinal(catalog)
  const schema = {
    operationId: 'getImage',
    tags: ['images'],
    summary: 'Get an image and its variants',
    description: 'With `wait`, the response is sent once the status is final or the time is up.',
    params: ImageParams,
    querystring: Query,
    response: {
      200: jsonResponse(Image, 'The current state of the image.'),
      ...problemResponses(['VALIDATION_FAILED', 'IMAGE_NOT_FOUND']),
    },
  }

  app.get(
    '/images/:imageId',
    { schema, config: { scope: 'read', takesReadToken: true } },
    async (request) => {
      const { wait = 0 } = request.query
      const { tenant, id } = request.principal
      const found = await catalog.find(tenant, request.params.imageId)
      if (!found) throw new Problem('IMAGE_NOT_FOUND')
      if (wait === 0) return describeImage(found, dependencies)
      const over = AbortSignal.any([
        AbortSignal.timeout(Math.min(wait, MAX_WAIT_SECONDS) * 1000),
        request.signal,
        app.closing,
      ])
      const record = await waitForFinal(id, found, over)
      if (!record) throw new Problem('IMAGE_NOT_FOUND')
      return describeImage(record, dependencies)
    },
  )
}
