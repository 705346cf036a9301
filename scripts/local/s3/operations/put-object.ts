import { sendEmpty } from '../http/respond.ts'
import type { Operation } from '../s3-context.ts'
import { readDeclaredBody } from './checksums.ts'
import { checkCondition, publishObject } from './publish-object.ts'
import { readContentLength, receiveBody } from './receive-body.ts'
import { checkKey, readStoredHeaders, readWriteCondition } from './stored-headers.ts'

export const putObject: Operation = async (request, response, s3) => {
  const { bucket, key, payloadHash } = request
  s3.store.requireBucket(bucket)
  checkKey(key)
  const byteLength = readContentLength(request, s3.maxObjectBytes)
  const declared = readDeclaredBody(request, payloadHash)
  const headers = readStoredHeaders(request)
  const condition = readWriteCondition(request)
  // Checked again, atomically, when publishing. Checking early saves a client that waits for 100-continue the upload.
  await checkCondition(request, s3, condition)

  request.acceptBody()
  const { staged, md5 } = await receiveBody(request, s3.store, declared, byteLength)
  const { checksums } = declared
  const head = { key, byteLength, etag: md5, lastModifiedMs: s3.now(), headers, checksums }
  await publishObject(request, s3, { staged, head, condition })
  sendEmpty(response, 200, { etag: `"${md5}"`, ...checksums })
}

/** Succeeds if the key does not exist, as in S3. */
export const deleteObject: Operation = async ({ bucket, key }, response, { store, runAlone }) => {
  await runAlone(`${bucket}/${key}`, () => store.remove(bucket, key))
  sendEmpty(response, 204)
}
