import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ref, UploadAnswer, UploadRequest } from '../http/schemas.ts'
import type { RequestUpload } from '../uploads/request-upload.ts'

/** One image with the longest file name fits in. */
const bodyLimitBytes = 8 * 1024

/** `POST /v1/uploads`: where to PUT one image, or that there is nothing to upload. */
export function createUpload(app: GatewayApp, requestUpload: RequestUpload): void {
  const schema = {
    operationId: 'createUpload',
    tags: ['uploads'],
    summary: 'Ask where to upload one image',
    description:
      'The same image may be asked for any number of times: while its bytes are missing the answer is a fresh URL for the same place.',
    body: ref(UploadRequest),
    response: {
      200: jsonResponse(UploadAnswer, 'You uploaded these bytes before: there is nothing to upload.', {
        example: examples.duplicate,
      }),
      201: jsonResponse(UploadAnswer, 'PUT the bytes to `upload.url` with exactly `upload.headers`.'),
      ...problemResponses([], { body: true }),
    },
  }

  const options = { schema, config: { scope: 'upload' }, bodyLimit: bodyLimitBytes } as const
  app.post('/uploads', options, async (request, reply) => {
    const result = await requestUpload(request.principal, request.body)
    return reply.code(result.duplicate ? 200 : 201).send(result)
  })
}
