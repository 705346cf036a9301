import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ref } from '../http/schemas/schema-parts.ts'
import { UploadAnswer, UploadRequest } from '../http/schemas/upload-schemas.ts'
import type { RequestUpload } from '../uploads/request-upload.ts'

/** Fits one upload with the longest file name. */
const bodyLimitBytes = 8 * 1024

/** `POST /v1/uploads`: returns an upload URL, or reports a duplicate. */
export function createUpload(app: GatewayApp, requestUpload: RequestUpload): void {
  const schema = {
    operationId: 'createUpload',
    tags: ['uploads'],
    summary: 'Request an upload URL',
    description:
      'Can be repeated: until the bytes are uploaded, every request for the same image returns a new URL for the same object. An image that was rejected as `format_mismatch` can be requested again with another `contentType`, and one rejected as `checksum_mismatch` with any.',
    body: ref(UploadRequest),
    response: {
      200: jsonResponse(
        UploadAnswer,
        'You have already uploaded these bytes. Nothing needs to be uploaded.',
        {
          example: examples.duplicate,
        },
      ),
      201: jsonResponse(
        UploadAnswer,
        'PUT the bytes to `upload.url` with exactly the headers in `upload.headers`.',
      ),
      ...problemResponses(['HEIC_NOT_ENABLED'], { body: true }),
    },
  }

  const options = { schema, config: { scope: 'upload' }, bodyLimit: bodyLimitBytes } as const
  app.post('/uploads', options, async (request, reply) => {
    const result = await requestUpload(request.principal, request.body)
    return reply.code(result.duplicate ? 200 : 201).send(result)
  })
}
