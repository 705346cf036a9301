import { sendXml } from '../respond.ts'
import type { Operation } from '../s3-context.ts'
import { checkKey, readStoredHeaders } from '../stored-headers.ts'

export const createMultipartUpload: Operation = async (request, response, { store, multipart }) => {
  const { bucket, key } = request
  store.requireBucket(bucket)
  checkKey(key)
  const uploadId = await multipart.create({ bucket, key, headers: readStoredHeaders(request) })
  sendXml(response, 'InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: uploadId })
}
