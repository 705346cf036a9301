import { sendEmpty } from '../respond.ts'
import type { Operation } from '../s3-context.ts'

export const abortMultipartUpload: Operation = async ({ bucket, key, query }, response, { multipart }) => {
  const uploadId = query.get('uploadId') ?? ''
  await multipart.find(uploadId, bucket, key)
  await multipart.remove(uploadId)
  sendEmpty(response, 204)
}
