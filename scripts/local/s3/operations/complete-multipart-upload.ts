import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { ObjectHead } from '../object-file.ts'
import { publishObject, refuseExisting } from '../publish-object.ts'
import { type CompletedPart, readCompletedParts } from '../read-completed-parts.ts'
import { receiveText } from '../receive-body.ts'
import { sendXml } from '../respond.ts'
import type { Operation, S3Context } from '../s3-context.ts'
import { S3Error } from '../s3-error.ts'
import type { StagedFile } from '../staged-file.ts'
import { readIfAbsent } from '../stored-headers.ts'

const minPartBytes = 5 * 1024 * 1024
const maxXmlBytes = 4 * 1024 * 1024
const copyChunkBytes = 1024 * 1024

interface StoredPart {
  path: string
  head: ObjectHead
}

export const completeMultipartUpload: Operation = async (request, response, s3) => {
  const { bucket, key, query } = request
  const uploadId = query.get('uploadId') ?? ''
  const { headers } = await s3.multipart.find(uploadId, bucket, key)
  const ifAbsent = readIfAbsent(request)
  request.acceptBody()
  const completed = readCompletedParts(await receiveText(request, maxXmlBytes))
  const parts = await findParts(s3, uploadId, completed)
  const byteLength = parts.reduce((sum, part) => sum + part.head.byteLength, 0)
  if (byteLength > s3.maxObjectBytes) throw new S3Error('EntityTooLarge')
  if (ifAbsent) await refuseExisting(request, s3)

  const staged = await s3.store.stage([])
  await appendParts(staged, parts)
  const etag = multipartEtag(parts)
  const head = { key, byteLength, etag, lastModifiedMs: s3.now(), headers, checksums: {} }
  await publishObject(request, s3, {
    staged,
    head,
    ifAbsent,
    eventName: 'ObjectCreated:CompleteMultipartUpload',
  })
  await s3.multipart.remove(uploadId)
  sendXml(response, 'CompleteMultipartUploadResult', {
    Location: `/${bucket}/${key}`,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
  })
}

/** Throws `InvalidPart` and `EntityTooSmall`. */
async function findParts(
  { multipart }: S3Context,
  uploadId: string,
  completed: CompletedPart[],
): Promise<StoredPart[]> {
  const parts: StoredPart[] = []
  for (const { partNumber, etag } of completed) {
    const part = await multipart.findPart(uploadId, partNumber)
    if (part?.head.etag !== etag) throw new S3Error('InvalidPart')
    parts.push(part)
  }
  if (parts.slice(0, -1).some((part) => part.head.byteLength < minPartBytes))
    throw new S3Error('EntityTooSmall')
  return parts
}

async function appendParts(staged: StagedFile, parts: StoredPart[]): Promise<void> {
  try {
    for (const { path, head } of parts) {
      if (head.byteLength === 0) continue
      const bytes = createReadStream(path, { end: head.byteLength - 1, highWaterMark: copyChunkBytes })
      for await (const chunk of bytes) await staged.append([chunk])
    }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** The MD5 of the parts' MD5s, and how many there were. */
function multipartEtag(parts: StoredPart[]): string {
  const hash = createHash('md5')
  for (const { head } of parts) hash.update(head.etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}
