import { createHashgateClient } from '../../openapi/client/hashgate-client.ts'
import type { Image, UploadAnswer, UploadRefused } from '../../openapi/client/types.ts'
import { deliverBytes, isGranted } from '../../openapi/client/upload-image.ts'
import { limitConcurrency } from '../../processor/limit-concurrency.ts'
import { type PreparedFile, prepareFile } from './prepare-file.ts'

export interface UploadRun {
  gateway: string
  key: string
  /** Files that are hashed, and sent, at the same time. */
  concurrency: number
  /** Longest wait for the processing of one image. */
  timeoutSeconds: number
  signal: AbortSignal
  /** A file is about to be sent; the returned function is told how far it is. */
  onSending: (file: PreparedFile) => (sentBytes: number) => void
  onDone: (result: FileResult) => void
}

export interface FileResult {
  file: string
  imageId?: string
  result: 'uploaded' | 'duplicate' | 'rejected' | 'failed'
  status?: Image['status']
  /** Why it was rejected or failed, for people. */
  reason?: string
  uploadedBytes: number
  /** Bytes that need not be sent, because they were there. */
  skippedBytes: number
  variants: string[]
  ms: number
}

/** What the gateway takes in one request. */
const batchSize = 100

/** Uploads files, a batch after the other, so that any number of them needs little memory. Nothing is thrown for one file. */
export async function uploadFiles(files: string[], run: UploadRun): Promise<FileResult[]> {
  const client = createHashgateClient(run)
  const limit = limitConcurrency(run.concurrency)
  const results: FileResult[] = []
  for (let start = 0; start < files.length; start += batchSize) {
    results.push(...(await uploadBatch(files.slice(start, start + batchSize))))
  }
  return results

  async function uploadBatch(paths: string[]): Promise<FileResult[]> {
    const startedAt = performance.now()
    const prepared = await Promise.all(paths.map((path) => limit(() => settle(prepareFile(path)))))
    const firstOfEach = new Map<string, PreparedFile>()
    for (const { value } of prepared) {
      if (value && !firstOfEach.has(value.request.sha256)) firstOfEach.set(value.request.sha256, value)
    }
    const answers = await askFor([...firstOfEach.values()])

    return Promise.all(
      paths.map(async (file, index) => {
        const { value, reason } = prepared[index] ?? {}
        const outcome = value
          ? await follow(value, firstOfEach.get(value.request.sha256) === value)
          : failed(reason)
        const result = { file, ...outcome, ms: Math.round(performance.now() - startedAt) }
        run.onDone(result)
        return result
      }),
    )

    async function follow(file: PreparedFile, isFirst: boolean): Promise<Outcome> {
      const answer = answers.get(file.request.sha256)
      if (!answer) return failed(new Error('The gateway gave no answer for this file.'))
      const { value, reason } = await settle(isFirst ? deliver(file, answer) : Promise.resolve(0))
      if (value === undefined) return failed(reason, file)
      const image = await settle(client.waitForImage(file.request.sha256, run.timeoutSeconds))
      return image.value ? describe(image.value, file, value) : failed(image.reason, file)
    }
  }

  async function askFor(files: PreparedFile[]): Promise<Map<string, Answer>> {
    if (files.length === 0) return new Map()
    const answers = await client.requestUploads(files.map(({ request }) => request))
    return new Map(files.map(({ request }, index) => [request.sha256, answers[index] as Answer]))
  }

  /** @returns the bytes that were sent */
  async function deliver(file: PreparedFile, answer: Answer): Promise<number> {
    if ('problem' in answer) {
      const { title, detail, errors } = answer.problem
      throw new Error(
        errors?.map(({ field, message }) => `${field} ${message}`).join('; ') ?? detail ?? title,
      )
    }
    if (!isGranted(answer)) return 0
    return limit(() => {
      const tell = run.onSending(file)
      return deliverBytes(client, file.request, answer, file.blob, {
        signal: run.signal,
        onProgress: ({ sentBytes }) => tell(sentBytes),
      })
    })
  }
}

type Answer = UploadAnswer | UploadRefused
type Outcome = Omit<FileResult, 'file' | 'ms'>

function describe(image: Image, { request }: PreparedFile, uploadedBytes: number): Outcome {
  const { imageId, status, rejection, variants = [] } = image
  const common = {
    imageId,
    status,
    uploadedBytes,
    skippedBytes: request.byteLength - uploadedBytes,
    variants: variants.map(({ name }) => name),
  }
  if (status === 'rejected')
    return { ...common, result: 'rejected', reason: `${rejection?.reason}: ${rejection?.detail}` }
  if (status !== 'ready')
    return { ...common, result: 'failed', reason: `It is still ${status}; ask again later.` }
  return { ...common, result: uploadedBytes > 0 ? 'uploaded' : 'duplicate' }
}

function failed(reason: unknown, file?: PreparedFile): Outcome {
  return {
    imageId: file?.request.sha256,
    result: 'failed',
    reason: reason instanceof Error ? reason.message : String(reason),
    uploadedBytes: 0,
    skippedBytes: 0,
    variants: [],
  }
}

interface Settled<T> {
  value?: T
  reason?: unknown
}

async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work }
  } catch (reason) {
    return { reason }
  }
}
