import { S3Error } from '../http/s3-error.ts'
import { readHeader, type S3Request } from '../http/s3-request.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { StagedFile } from '../store/staged-file.ts'
import { checkDigests, type DeclaredBody, digestsToCompute } from './checksums.ts'

/** Bytes collected per write, for fewer and larger writes. */
const writeBatchBytes = 1024 * 1024

/** The declared length of a body. Throws `MissingContentLength` and `EntityTooLarge`. */
export function readContentLength(request: S3Request, maxBytes: number): number {
  const contentLength = readHeader(request, 'content-length')
  if (contentLength === undefined) throw new S3Error('MissingContentLength')
  const byteLength = Number(contentLength)
  if (byteLength > maxBytes)
    throw new S3Error('EntityTooLarge', undefined, {
      ProposedSize: contentLength,
      MaxSizeAllowed: String(maxBytes),
    })
  return byteLength
}

/**
 * Streams a body into a staged file and checks it against the declaration. If this throws, the file is removed.
 * @returns the staged file, for the caller to seal and publish or to discard, and its MD5 in hex
 */
export async function receiveBody(
  request: S3Request,
  store: ObjectStore,
  declared: DeclaredBody,
  byteLength: number,
): Promise<{ staged: StagedFile; md5: string }> {
  const staged = await store.stage(digestsToCompute(declared))
  try {
    await forBatches(request, staged.append)
    // The HTTP parser never passes on more than Content-Length, only less.
    if (staged.byteLength() !== byteLength) throw new S3Error('IncompleteBody')
    const digests = staged.digests()
    checkDigests(declared, digests)
    return { staged, md5: digests.md5.toString('hex') }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

async function forBatches(request: S3Request, consume: (batch: Buffer[]) => Promise<void>): Promise<void> {
  let batch: Buffer[] = []
  let batchBytes = 0
  // Do not destroy the request on an early exit: the response still uses its connection.
  for await (const chunk of readChunks(request)) {
    batch.push(chunk)
    batchBytes += chunk.length
    if (batchBytes < writeBatchBytes) continue
    await consume(batch)
    batch = []
    batchBytes = 0
  }
  if (batch.length > 0) await consume(batch)
}

async function* readChunks({ message }: S3Request): AsyncGenerator<Buffer> {
  try {
    yield* message.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw message.complete ? error : new S3Error('IncompleteBody')
  }
}
