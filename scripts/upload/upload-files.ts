import { limitConcurrency } from '../../core/limit-concurrency.ts'
import { createHashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import { describeFailure, describeTwin, type FileOutcome } from './file-outcome.ts'
import { followUpload, type UploadContext } from './follow-upload.ts'
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

/** The gateway's limit for one request. */
const batchSize = 100
/** While the images of one batch are processed, the next batch is hashed and sent. */
const batchesInFlight = 2
const filesHashedAtOnce = 2
/** Images are processed roughly in order, so more concurrent waits would only burden the gateway. */
const imagesAwaitedAtOnce = 16

/**
 * Uploads files in batches, so that memory use does not depend on their number. Calls `onDone` with the result of each
 * file; the failure of one file throws nothing.
 * @throws HashgateError (such as a wrong key), GatewayUnreachable, RunStopped, or the reason of `signal`; no further file is sent
 */
export async function uploadFiles(files: string[], run: UploadRun): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const client = createHashgateClient({ ...run, signal })
  const context: UploadContext = {
    ...run,
    signal,
    client,
    sending: limitConcurrency(run.concurrency),
    waiting: limitConcurrency(imagesAwaitedAtOnce),
  }
  const hashing = limitConcurrency(filesHashedAtOnce)
  const inFlight = limitConcurrency(batchesInFlight)
  /** By content hash, so that files with the same bytes are uploaded once, even if they are in two batches. */
  const uploads = new Map<string, Upload>()

  const batches = Array.from({ length: Math.ceil(files.length / batchSize) }, (_, index) =>
    inFlight(() => uploadBatch(files.slice(index * batchSize, (index + 1) * batchSize))),
  )
  for (const result of await Promise.allSettled(batches)) {
    if (result.status === 'rejected') throw result.reason
  }

  async function uploadBatch(paths: string[]): Promise<void> {
    if (signal.aborted) return
    try {
      const begun = await Promise.all(paths.map((path) => hashing(() => begin(path))))
      const mine = startUploads(begun.flatMap(({ file }) => file ?? []))
      await Promise.all(begun.map(finish))
      // From here on the gateway reports these contents as duplicates.
      for (const sha256 of mine) uploads.delete(sha256)
    } catch (error) {
      stop.abort(error)
      throw error
    }
  }

  async function begin(path: string): Promise<BegunFile> {
    const startedAt = performance.now()
    try {
      return { path, startedAt, file: await prepareFile(path, signal) }
    } catch (error) {
      signal.throwIfAborted()
      return { path, startedAt, error }
    }
  }

  /** Requests all contents that have not been requested yet, in one call. @returns their hashes */
  function startUploads(files: PreparedFile[]): string[] {
    const fresh = new Map<string, PreparedFile>()
    for (const file of files) {
      const { sha256 } = file.request
      if (!uploads.has(sha256) && !fresh.has(sha256)) fresh.set(sha256, file)
    }
    const requests = [...fresh.values()].map(({ request }) => request)
    const answers = requests.length > 0 ? client.requestUploads(requests) : Promise.resolve([])
    for (const [index, file] of [...fresh.values()].entries()) {
      const outcome = answers.then((all) => followUpload(file, all[index], context))
      uploads.set(file.request.sha256, { file, outcome })
    }
    return [...fresh.keys()]
  }

  async function finish({ path, startedAt, file, error }: BegunFile): Promise<void> {
    const outcome = file ? await outcomeOf(file) : describeFailure(error)
    run.onDone({ file: path, ...outcome, ms: Math.round(performance.now() - startedAt) })
  }

  async function outcomeOf(file: PreparedFile): Promise<FileOutcome> {
    const upload = uploads.get(file.request.sha256) as Upload
    const outcome = await upload.outcome
    return upload.file === file ? outcome : describeTwin(outcome)
  }
}

interface Upload {
  /** The file that is sent for this content. */
  file: PreparedFile
  outcome: Promise<FileOutcome>
}

interface BegunFile {
  path: string
  startedAt: number
  file?: PreparedFile
  /** Why the file could not be read. */
  error?: unknown
}
