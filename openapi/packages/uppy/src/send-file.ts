import {
  type ContentType,
  cutFileName,
  deliverBytes,
  detectContentType,
  type HashgateClient,
  isGranted,
  type PutOptions,
  type UploadAnswer,
  type UploadBatcher,
  type UploadRequest,
} from '@hashgate/client'
import type { FollowedFile } from './follow-files.ts'
import type { HashgateBody } from './uploader-options.ts'

type Limit = <T>(task: () => Promise<T>) => Promise<T>

/** The parts that all files share. */
export interface Way {
  client: HashgateClient
  batcher: UploadBatcher
  limitHashing: Limit
  /** Collects hashed files, so that they request their URLs together. */
  inWaves: Limit
  limitSending: Limit
}

/** One file and its callbacks. */
export interface FileToSend {
  data: Blob
  name: string
  /** Used only if the first bytes are of no known type. */
  type: string
  followed: FollowedFile
  hash: (data: Blob) => Promise<string>
  onAnswer: (answer: UploadAnswer) => void
  onProgress: PutOptions['onProgress']
}

/**
 * Hashes a file, requests an upload and sends the bytes, unless the gateway has them. When the file is paused or the browser goes offline,
 * it gives up its place in the queues, and starts again when it is resumed: a PUT cannot be continued.
 * @throws the reason of `followed.cancelled`, and all that `requestUpload` and `deliverBytes` of the client throw
 */
export async function sendFile(way: Way, file: FileToSend): Promise<HashgateBody> {
  const { followed } = file
  let request: Promise<UploadRequest> | undefined
  for (;;) {
    await followed.resumed()
    request ??= way.limitHashing(() => describe(file))
    const described = await request
    const sent = await way.inWaves(() => trySend(way, file, described))
    if (sent) return sent
  }
}

async function describe({ data, name, type, hash, followed }: FileToSend): Promise<UploadRequest> {
  followed.cancelled.throwIfAborted()
  return {
    sha256: await hash(data),
    byteLength: data.size,
    contentType: ((await detectContentType(data)) ?? type) as ContentType,
    fileName: cutFileName(name) || undefined,
  }
}

/** Returns undefined when the file was paused, or the browser went offline, before the end. */
async function trySend(
  way: Way,
  file: FileToSend,
  request: UploadRequest,
): Promise<HashgateBody | undefined> {
  const { followed, data, onAnswer, onProgress } = file
  followed.cancelled.throwIfAborted()
  if (followed.isHeld()) return undefined
  try {
    const answer = await way.batcher.requestUpload(request)
    followed.cancelled.throwIfAborted()
    onAnswer(answer)
    const { imageId } = answer
    if (!isGranted(answer)) return { imageId, duplicate: true }
    await way.limitSending(() => {
      const signal = followed.nextInterruption()
      signal.throwIfAborted()
      return deliverBytes(way.client, request, answer, data, { signal, onProgress })
    })
    return { imageId, duplicate: false }
  } catch (error) {
    followed.cancelled.throwIfAborted()
    if (followed.isHeld()) return undefined
    throw error
  }
}
