import {
  deliverBytes,
  GatewayUnreachable,
  type HashgateClient,
  HashgateError,
  type Image,
  isGranted,
  type UploadAnswer,
  type UploadBatcher,
  type UploadGranted,
} from '@hashgate/client'
import { describeError } from '../describe-error.ts'
import type { Limit } from '../limit-concurrency.ts'
import { describeFailure, describeImage, type FileOutcome } from './file-outcome.ts'
import type { PreparedFile } from './prepare-file.ts'

export interface UploadContext {
  client: HashgateClient
  /** Creates a client for another key or token. */
  connect: (key: string) => HashgateClient
  batcher: UploadBatcher
  sending: Limit
  waiting: Limit
  /** How long to wait for one image to be processed. */
  timeoutSeconds: number
  signal: AbortSignal
  /** Called before a file is sent. */
  onSending: (file: PreparedFile) => Sending
}

/** Receives the progress of one file. */
export interface Sending {
  sent: (bytes: number) => void
  /** Called once, when nothing more will be sent. @param storedBytes 0 if the store already had the bytes, or sending failed */
  end: (storedBytes: number) => void
}

/** The gateway rejects the key or is unreachable, so the run stops instead of failing file by file. `cause` is the original error. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
  override readonly cause: Error

  constructor(cause: Error) {
    super(
      `${describeError(cause)} The run has stopped. Run the same command again to continue; bytes that are stored are not sent again.`,
    )
    this.cause = cause
  }
}

/**
 * Requests an upload URL, sends the bytes if the gateway issued one, and waits until the image is final.
 * @returns the outcome, which may be a failure
 * @throws RunStopped when the gateway cannot be used; otherwise only the reason of `signal`
 */
export async function followUpload(file: PreparedFile, context: UploadContext): Promise<FileOutcome> {
  const { waiting, signal } = context
  let uploadedBytes = 0
  try {
    const answer = await requestUpload(file, context)
    uploadedBytes = isGranted(answer) ? await context.sending(() => send(file, answer, context)) : 0
    const image = await waiting(() => waitForImage(answer, context))
    return describeImage(image, file, uploadedBytes)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof RunStopped) throw error
    if (concernsEveryFile(error, [401, 502, 503, 504])) throw new RunStopped(error)
    return describeFailure(error, file, uploadedBytes)
  }
}

/** @throws RunStopped also for a key without the scope, an address without the API, and a persistent rate limit */
async function requestUpload({ request }: PreparedFile, { batcher, signal }: UploadContext) {
  return await batcher.requestUpload(request).catch((error): UploadAnswer => {
    signal.throwIfAborted()
    throw concernsEveryFile(error, [401, 403, 404, 429, 500, 502, 503, 504]) ? new RunStopped(error) : error
  })
}

async function waitForImage(
  { imageId, readToken }: UploadAnswer,
  { client, connect, timeoutSeconds }: UploadContext,
): Promise<Image> {
  return await client.waitForImage(imageId, timeoutSeconds).catch((error) => {
    // A key with only the scope `upload` reads the image with the token from the response.
    if (!readToken || !(error instanceof HashgateError) || error.code !== 'SCOPE_MISSING') throw error
    return connect(readToken).waitForImage(imageId, timeoutSeconds)
  })
}

/** Whether the gateway is unreachable or refuses every call. Transient errors have been retried before. */
function concernsEveryFile(error: unknown, statuses: number[]): error is Error {
  if (error instanceof HashgateError) return statuses.includes(error.status)
  return error instanceof GatewayUnreachable
}

async function send(
  file: PreparedFile,
  granted: UploadGranted,
  { client, signal, onSending }: UploadContext,
): Promise<number> {
  signal.throwIfAborted()
  const sending = onSending(file)
  const onProgress = ({ sentBytes }: { sentBytes: number }) => sending.sent(sentBytes)
  let storedBytes = 0
  try {
    storedBytes = await deliverBytes(client, file.request, granted, file.blob, { signal, onProgress })
    return storedBytes
  } finally {
    sending.end(storedBytes)
  }
}
