import { topics } from '../../core/events/image-events.ts'
import { rawKey } from '../../core/images/object-key.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem } from '../http/problems.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ImageParams } from '../http/schemas/image-schemas.ts'
import { CompletionAccepted } from '../http/schemas/upload-schemas.ts'
import type { OutboxPublisher } from '../uploads/outbox-publisher.ts'

/** `POST /v1/images/{imageId}/complete`: reports that the bytes are stored, and starts the processing. */
export function completeUpload(
  app: GatewayApp,
  { catalog, rawBucket }: GatewayDependencies,
  publishOrEnqueue: OutboxPublisher['publishOrEnqueue'],
): void {
  const schema = {
    operationId: 'completeUpload',
    tags: ['uploads'],
    summary: 'Report that the upload is complete',
    description: 'Optional: the store also reports completed uploads. Safe to call repeatedly.',
    params: ImageParams,
    response: {
      202: jsonResponse(CompletionAccepted, 'The image is being processed, or was already.'),
      ...problemResponses(['IMAGE_NOT_FOUND', 'UPLOAD_NOT_FOUND_IN_STORE'], {
        body: true,
      }),
    },
  }

  app.post('/images/:imageId/complete', { schema, config: { scope: 'upload' } }, async (request, reply) => {
    const record = await catalog.find(request.principal.tenant, request.params.imageId)
    if (!record) throw new Problem('IMAGE_NOT_FOUND')
    if (record.status === 'pending') {
      if (!(await rawBucket.head(rawKey(record)))) throw new Problem('UPLOAD_NOT_FOUND_IN_STORE')
      await publishOrEnqueue(topics.uploadCompleted, record)
    }
    return reply.code(202).send({ imageId: record.imageId, status: record.status })
  })
}
