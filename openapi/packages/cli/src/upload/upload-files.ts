import { createHashgateClient, createUploadBatcher, type UploadRequest } from '@hashgate/client'
import { limitConcurrency } from '../limit-concurrency.ts'
import { describeFailure, describeTwin, type FileOutcome } from './file-outcome.ts'
import { followUpload, RunStopped, type UploadContext } from './follow-upload.ts'
import { type PreparedFile, prepareFile } from './prepare-file.ts'

export interface UploadRun extends Pick<UploadContext, 'timeoutSeconds' | 'signal' | 'onSending'> {
  gateway: string
  key: string
  /** Number of files sent at the same time. */
  concurrency: number
  onDone: (result: FileResult) => void
}

export interface FileResult extends FileOutcome {
  file: string
  /** Time from the first byte read until the outcome was known. */
  ms: number
}

/** While the images of one batch are processed, the next batch is hashed and sent. */
const filesInFlight = 200
const filesHashedAtOnce = 2
/** Images are processed roughly in order, so more concurrent waits would only burden the gateway. */
const imagesAwaitedAtOnce = 16

/**
 * How long a request waits for others. Files are hashed one after another, so filling a batch with many files takes longer; their first
 * upload may begin a little later. A few files should not wait.
 */
const chooseDelayMs = (fileCount: number) => Math.min(20 * fileCount, 1000)

/**
 * Uploads files with batch requests. Only a limited number is open at a time, so that a folder of any size can be uploaded. Calls
 * `onDone` with the result of each file; the failure of one file is not thrown.
 * @throws HashgateError (such as a wrong key) or GatewayUnreachable when the gateway accepts no upload, RunStopped when it later stops
 *   so, or the reason of `signal`; no further file is sent
 */
export async function uploadFiles(files: string[], run: UploadRun): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const connect = (key: string) => createHashgateClient({ gateway: run.gateway, key, signal })
  const client = connect(run.key)
  const context: UploadContext = {
    ...run,
    signal,
    client,
    connect,
    batcher: { requestUpload },
    sending: limitConcurrency(run.concurrency),
    waiting: limitConcurrency(imagesAwaitedAtOnce),
  }
  const batcher = createUploadBatcher(client, { maxDelayMs: chooseDelayMs(files.length) })
  const inFlight = limitConcurrency(filesInFlight)
  const hashing = limitConcurrency(filesHashedAtOnce)
  /** Uploads by content hash, so that files with the same bytes are uploaded once. */
  const outcomes = new Map<string, Promise<FileOutcome>>()
  let isAccepted = false

  await Promise.allSettled(files.map((path) => inFlight(() => uploadFile(path))))
  signal.throwIfAborted()

  async function uploadFile(path: string): Promise<void> {
    if (signal.aborted) return
    const startedAt = performance.now()
    try {
      const outcome = await hashing(() => prepareFile(path, signal)).then(outcomeOf, (error) => {
        signal.throwIfAborted()
        return describeFailure(error)
      })
      run.onDone({ file: path, ...outcome, ms: Math.round(performance.now() - startedAt) })
    } catch (error) {
      // If the gateway has accepted no upload, the error must be corrected; repeating the run would not help.
      stop.abort(error instanceof RunStopped && !isAccepted ? error.cause : error)
    }
  }

  async function requestUpload(request: UploadRequest) {
    const answer = await batcher.requestUpload(request)
    isAccepted = true
    return answer
  }

  async function outcomeOf(file: PreparedFile): Promise<FileOutcome> {
    const { sha256 } = file.request
    const twin = outcomes.get(sha256)
    if (twin) return describeTwin(await twin)
    const outcome = followUpload(file, context)
    outcomes.set(sha256, outcome)
    return outcome
  }
}
