import { readDeclaredBody } from '../checksums.ts'
import { readContentLength, receiveBody } from '../receive-body.ts'
import { sendEmpty } from '../respond.ts'
import type { Operation } from '../s3-context.ts'
import { S3Error } from '../s3-error.ts'

export const uploadPart: Operation = async (request, response, s3) => {
  const { bucket, key, payloadHash, query } = request
  const uploadId = query.get('uploadId') ?? ''
  const partNumber = Number(query.get('partNumber'))
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive')
  await s3.multipart.find(uploadId, bucket, key)
  const byteLength = readContentLength(request, s3.maxObjectBytes)
  const declared = readDeclaredBody(request, payloadHash)

  request.acceptBody()
  const { staged, md5 } = await receiveBody(request, s3.store, declared, byteLength)
  const { checksums } = declared
  try {
    await staged.seal({ key, byteLength, etag: md5, lastModifiedMs: s3.now(), headers: {}, checksums })
    await s3.multipart.addPart(uploadId, partNumber, staged.path)
  } catch (error) {
    await staged.discard()
    throw error
  }
  sendEmpty(response, 200, { etag: `"${md5}"`, ...checksums })
}
