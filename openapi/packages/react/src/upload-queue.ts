import { createHashgateClient, createUploadBatcher, type UploadBatcher, uploadImage } from '@hashgate/client'
import type { HashgateOptions } from './hashgate-provider.ts'
import { ImageRejected } from './image-rejected.ts'
import { canRetry, createUpload, isSettled, type Upload } from './upload.ts'

export interface QueueOptions extends HashgateOptions {
  /** Uploads under way at once. */
  concurrency: number
}

export type UploadQueue = ReturnType<typeof createUploadQueue>

/** Progress is reported together for all uploads at most this often, because each report renders. */
const progressIntervalMs = 50

/** The uploads of one `useUpload`, as a store outside React. */
export function createUploadQueue(initial: QueueOptions) {
  const listeners = new Set<() => void>()
  const running = new Map<string, AbortController>()
  let uploads: readonly Upload[] = []
  let options = initial
  let batcher = createBatcher(initial)
  let lastId = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Called after each change. Returns a function that ends the subscription. */
  function subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Sets the options of uploads that begin from now on. */
  function configure(next: QueueOptions): void {
    const isSame =
      options.gateway === next.gateway && options.key === next.key && options.fetch === next.fetch
    if (!isSame) batcher = createBatcher(next)
    options = next
  }

  /** Adds files. Returns their uploads when all are settled, without those that were removed. */
  function add(files: readonly Blob[]): Promise<Upload[]> {
    const added = files.map((file) => createUpload(String(++lastId), file))
    uploads = [...uploads, ...added]
    return new Promise((resolve) => {
      const unsubscribe = subscribe(() => {
        const current = added.flatMap(({ id }) => select(id))
        if (!current.every(isSettled)) return
        unsubscribe()
        resolve(current)
      })
      startQueued()
    })
  }

  /** Stops one upload, or all that are not settled. */
  function cancel(id?: string): void {
    for (const upload of select(id).filter((upload) => !isSettled(upload))) {
      running.get(upload.id)?.abort()
      running.delete(upload.id)
      change(upload.id, { status: 'canceled' })
    }
    startQueued()
  }

  /** Starts one upload again that failed or was canceled, or all such. */
  function retry(id?: string): void {
    const chosen = new Set(select(id).filter(canRetry))
    uploads = uploads.map((upload) => (chosen.has(upload) ? createUpload(upload.id, upload.file) : upload))
    startQueued()
  }

  /** Cancels one upload, or all, and removes it from the list. */
  function remove(id?: string): void {
    cancel(id)
    uploads = uploads.filter((upload) => id !== undefined && upload.id !== id)
    notify()
  }

  function startQueued(): void {
    const waiting = uploads.filter(({ status }) => status === 'queued')
    for (const upload of waiting.slice(0, Math.max(0, options.concurrency - running.size))) void run(upload)
    notify()
  }

  async function run({ id, file }: Upload): Promise<void> {
    const controller = new AbortController()
    running.set(id, controller)
    // A canceled upload may already be running again.
    const isCurrent = () => running.get(id) === controller
    change(id, { status: 'hashing' })
    const outcome = await send(id, file, controller.signal, isCurrent)
    if (!isCurrent()) return
    running.delete(id)
    change(id, outcome)
    startQueued()
  }

  async function send(
    id: string,
    file: Blob,
    signal: AbortSignal,
    isCurrent: () => boolean,
  ): Promise<Partial<Upload>> {
    try {
      const image = await uploadImage(file, {
        ...options,
        batcher,
        signal,
        onStep(status) {
          if (!isCurrent()) return
          const isDuplicate = status === 'processing' && select(id)[0]?.status === 'hashing'
          change(id, { status, isDuplicate, ...(status === 'processing' && { progress: 1 }) })
          notify()
        },
        onProgress({ sentBytes, totalBytes }) {
          if (!isCurrent()) return
          change(id, { sentBytes, totalBytes, progress: totalBytes === 0 ? 0 : sentBytes / totalBytes })
          timer ??= setTimeout(notify, progressIntervalMs)
        },
      })
      return image.status === 'rejected'
        ? { status: 'rejected', image, error: new ImageRejected(image) }
        : { status: 'ready', image }
    } catch (error) {
      return { status: 'failed', error: error as Error }
    }
  }

  function select(id?: string): Upload[] {
    return uploads.filter((upload) => id === undefined || upload.id === id)
  }

  function change(id: string, changes: Partial<Upload>): void {
    uploads = uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload))
  }

  function notify(): void {
    clearTimeout(timer)
    timer = undefined
    for (const listener of listeners) listener()
  }

  return { subscribe, getUploads: () => uploads, configure, add, cancel, retry, remove }
}

function createBatcher(options: HashgateOptions): UploadBatcher {
  return createUploadBatcher(createHashgateClient(options))
}
