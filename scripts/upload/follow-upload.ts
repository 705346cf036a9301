import type { Limit } from '../../core/limit-concurrency.ts'
import type { HashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import { GatewayUnreachable, HashgateError } from '../../openapi/packages/client/src/hashgate-error.ts'
import type { UploadAnswer, UploadGranted, UploadRefused } from '../../openapi/packages/client/src/types.ts'
import { deliverBytes, isGranted } from '../../openapi/packages/client/src/upload-image.ts'
import { describeFailure, describeImage, type FileOutcome } from './file-outcome.ts'
import type { PreparedFile } from './prepare-file.ts'

export interface UploadContext {
  client: HashgateClient
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

/** The gateway can no longer be used, so the whole run ends instead of failing file by file. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'

  constructor(cause: Error) {
    super(
      `${cause.message} The run has stopped. Run the same command again to continue; bytes that are stored are not sent again.`,
      { cause },
    )
  }
}

/**
 * Sends the bytes if the gateway issued an upload URL, and waits until the image is final.
 * @returns the outcome, which may be a failure
 * @throws RunStopped when the gateway can no longer be used; otherwise only the reason of `signal`
 */
export async function followUpload(
  file: PreparedFile,
  answer: UploadAnswer | UploadRefused | undefined,
  context: UploadContext,
): Promise<FileOutcome> {
  const { client, waiting, timeoutSeconds, signal } = context
  let uploadedBytes = 0
  try {
    if (!answer) throw new Error('The gateway’s response does not mention this file.')
    if ('problem' in answer) throw new Error(describeProblem(answer))
    uploadedBytes = isGranted(answer) ? await context.sending(() => send(file, answer, context)) : 0
    const image = await waiting(() => client.waitForImage(answer.imageId, timeoutSeconds))
    return describeImage(image, file, uploadedBytes)
  } catch (error) {
    signal.throwIfAborted()
    if (concernsEveryFile(error)) throw new RunStopped(error)
    return describeFailure(error, file, uploadedBytes)
  }
}

/** Whether the gateway is gone or no longer accepts the key. Server errors have been retried. */
function concernsEveryFile(error: unknown): error is Error {
  if (error instanceof HashgateError) return [401, 502, 503, 504].includes(error.status)
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

function describeProblem({ problem: { title, detail, errors } }: UploadRefused): string {
  return errors?.map(({ field, message }) => `${field} ${message}`).join('; ') ?? detail ?? title
}
