import type { Limit } from '../../core/limit-concurrency.ts'
import type { HashgateClient } from '../../openapi/client/hashgate-client.ts'
import type { UploadAnswer, UploadGranted, UploadRefused } from '../../openapi/client/types.ts'
import { deliverBytes, isGranted } from '../../openapi/client/upload-image.ts'
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

/** Receives the progress of one file: `end` is called once, when nothing more will be sent. */
export interface Sending {
  sent: (bytes: number) => void
  end: () => void
}

/**
 * Sends the bytes if the gateway issued an upload URL, and waits until the image is final.
 * @returns the outcome, which may be a failure
 * @throws only the reason of `signal`
 */
export async function followUpload(
  file: PreparedFile,
  answer: UploadAnswer | UploadRefused | undefined,
  context: UploadContext,
): Promise<FileOutcome> {
  const { client, waiting, timeoutSeconds, signal } = context
  try {
    if (!answer) throw new Error('The gateway’s response does not mention this file.')
    if ('problem' in answer) throw new Error(describeProblem(answer))
    const uploadedBytes = isGranted(answer) ? await context.sending(() => send(file, answer, context)) : 0
    const image = await waiting(() => client.waitForImage(answer.imageId, timeoutSeconds))
    return describeImage(image, file, uploadedBytes)
  } catch (error) {
    signal.throwIfAborted()
    return describeFailure(error, file)
  }
}

async function send(
  file: PreparedFile,
  granted: UploadGranted,
  { client, signal, onSending }: UploadContext,
): Promise<number> {
  signal.throwIfAborted()
  const sending = onSending(file)
  const onProgress = ({ sentBytes }: { sentBytes: number }) => sending.sent(sentBytes)
  try {
    return await deliverBytes(client, file.request, granted, file.blob, { signal, onProgress })
  } finally {
    sending.end()
  }
}

function describeProblem({ problem: { title, detail, errors } }: UploadRefused): string {
  return errors?.map(({ field, message }) => `${field} ${message}`).join('; ') ?? detail ?? title
}
