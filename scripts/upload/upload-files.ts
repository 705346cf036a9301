import { limitConcurrency } from '../../core/limit-concurrency.ts'
import { createHashgateClient } from '../../openapi/client/hashgate-client.ts'
import { describeFailure, describeTwin, type FileOutcome } from './file-outcome.ts'
import { followUpload, type UploadContext } from './follow-upload.ts'
import { type PreparedFile, prepareFile } from './prepare-file.ts'

export interface UploadRun extends Pick<UploadContext, 'timeoutSeconds' | 'signal' | 'onSending'> {
  gateway: string
  key: string
  /** Files that are sent at the same time. */
  concurrency: number
  onDone: (result: FileResult) => void
}

export interface FileResult extends FileOutcome {
  file: string
  /** From the first byte read until the outcome was known. */
  ms: number
}

/** What the gateway takes in one request. */
const batchSize = 100
/** While the images of one batch are processed, the next one is hashed and sent. */
const batchesInFlight = 2
const filesHashedAtOnce = 2
/** Images are processed roughly in their order: to ask for more of them at once only burdens the gateway. */
const imagesAwaitedAtOnce = 16

/**
 * Uploads files, a batch after the other, so that any number of them needs little memory. `onDone` is told of each;
 * nothing is thrown for one file.
 * @throws what makes the rest pointless: HashgateError (a wrong key), GatewayUnreachable, the reason of `signal`
 */
export async function uploadFiles(files: string[], run: UploadRun): Promise<void> {
  const client = createHashgateClient(run)
  const context: UploadContext = {
    ...run,
    client,
    sending: limitConcurrency(run.concurrency),
    waiting: limitConcurrency(imagesAwaitedAtOnce),
  }
  const hashing = limitConcurrency(filesHashedAtOnce)
  const inFlight = limitConcurrency(batchesInFlight)
  /** By content: files with the same bytes are uploaded once, also when they are in two batches. */
  const uploads = new Map<string, Upload>()
  let isOver = false

  const batches = Array.from({ length: Math.ceil(files.length / batchSize) }, (_, index) =>
    inFlight(() => uploadBatch(files.slice(index * batchSize, (index + 1) * batchSize))),
  )
  for (const end of await Promise.allSettled(batches)) if (end.status === 'rejected') throw end.reason

  async function uploadBatch(paths: string[]): Promise<void> {
    if (isOver) return
    try {
      const begun = await Promise.all(paths.map((path) => hashing(() => begin(path))))
      const mine = startUploads(begun.flatMap(({ file }) => file ?? []))
      await Promise.all(begun.map(finish))
      // From here on the gateway itself knows these contents.
      for (const sha256 of mine) uploads.delete(sha256)
    } catch (error) {
      isOver = true
      throw error
    }
  }

  async function begin(path: string): Promise<BegunFile> {
    const startedAt = performance.now()
    try {
      return { path, startedAt, file: await prepareFile(path, run.signal) }
    } catch (error) {
      run.signal.throwIfAborted()
      return { path, startedAt, error }
    }
  }

  /** Asks for all contents that nobody has asked for yet, in one request. @returns their hashes */
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
  /** The one of the files with this content that is sent. */
  file: PreparedFile
  outcome: Promise<FileOutcome>
}

interface BegunFile {
  path: string
  startedAt: number
  file?: PreparedFile
  /** Why it could not be read. */
  error?: unknown
}
