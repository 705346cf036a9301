import { BasePlugin, type Body, type Meta, type Uppy, type UppyFile } from '@uppy/core'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { cutFileName } from '../../../openapi/packages/client/src/cut-file-name.ts'
import { detectContentType } from '../../../openapi/packages/client/src/detect-content-type.ts'
import type { ContentType, UploadRequest } from '../../../openapi/packages/client/src/types.ts'
import { deliverBytes, isGranted } from '../../../openapi/packages/client/src/upload-image.ts'
import type { Api } from './api.ts'
import { hashFile } from './hash-file.ts'
import { texts } from './texts.ts'

/** The response of an uploaded file in Uppy's state. */
export interface Uploaded extends Body {
  imageId: string
  /** The gateway had the bytes already, so none were sent. */
  duplicate: boolean
}

type File = UppyFile<Meta, Uploaded>

interface UploaderOptions {
  id?: string
  api: Api
}

/** Browsers open at most six connections to one HTTP/1.1 origin; the gateway and the store can share it. */
const concurrentUploads = 3

/**
 * The Uppy uploader for a hashgate gateway: hashes each file in a worker, requests an upload, and sends the bytes straight to the
 * store unless they are already there. A paused upload starts again from its first byte, because a PUT cannot be continued.
 */
export class HashgateUploader extends BasePlugin<UploaderOptions, Meta, Uploaded> {
  readonly #limit = limitConcurrency(concurrentUploads)

  constructor(uppy: Uppy<Meta, Uploaded>, options: UploaderOptions) {
    super(uppy, options)
    this.id = 'HashgateUploader'
    this.type = 'uploader'
  }

  override install(): void {
    this.uppy.setState({
      capabilities: {
        ...this.uppy.getState().capabilities,
        resumableUploads: true,
        individualCancellation: true,
      },
    })
    this.uppy.addUploader(this.#uploadAll)
  }

  override uninstall(): void {
    this.uppy.removeUploader(this.#uploadAll)
  }

  readonly #uploadAll = async (ids: string[]): Promise<void> => {
    const files = ids.map((id) => this.uppy.getFile(id)).filter((file) => file && !file.error)
    this.uppy.emit('upload-start', files)
    await Promise.all(files.map((file) => this.#limit(() => this.#upload(file))))
  }

  /** Never rejects: Uppy shows the error of the file. */
  async #upload(file: File): Promise<void> {
    const watch = watchFile(this.uppy, file.id)
    try {
      watch.cancelled.throwIfAborted()
      const uploaded = await this.#send(file, watch)
      this.uppy.emit('upload-success', this.uppy.getFile(file.id), { status: 200, body: uploaded })
    } catch (error) {
      if (watch.cancelled.aborted) return
      this.uppy.emit('upload-error', this.uppy.getFile(file.id), error as Error)
    } finally {
      watch.end()
    }
  }

  async #send(file: File, watch: FileWatch): Promise<Uploaded> {
    const { api } = this.opts
    const { cancelled } = watch
    const data = file.data as Blob
    const request: UploadRequest = {
      sha256: await this.#hash(file, data),
      byteLength: data.size,
      contentType: ((await detectContentType(data)) ?? file.type) as ContentType,
      fileName: cutFileName(file.name) || undefined,
    }
    for (;;) {
      await watch.resumed()
      const answer = await api.client.requestUpload(request)
      const { imageId } = answer
      if (!isGranted(answer)) return { imageId, duplicate: true }
      api.recordPut(imageId, answer.upload, file.name)
      const signal = AbortSignal.any([cancelled, watch.paused()])
      const onProgress = ({ sentBytes }: { sentBytes: number }) => this.#report(file.id, sentBytes, data.size)
      try {
        await deliverBytes(api.client, request, answer, data, { signal, onProgress })
        return { imageId, duplicate: false }
      } catch (error) {
        if (!signal.aborted || cancelled.aborted) throw error
      }
    }
  }

  async #hash(file: File, data: Blob): Promise<string> {
    const report = (value: number) =>
      this.uppy.emit('preprocess-progress', this.uppy.getFile(file.id), {
        mode: 'determinate',
        message: texts.hashing,
        value,
      })
    report(0)
    const sha256 = await hashFile(data, { onProgress: (hashedBytes) => report(hashedBytes / data.size) })
    this.uppy.emit('preprocess-complete', this.uppy.getFile(file.id))
    return sha256
  }

  #report(fileId: string, bytesUploaded: number, bytesTotal: number): void {
    const file = this.uppy.getFile(fileId)
    const uploadStarted = file?.progress.uploadStarted ?? Date.now()
    this.uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal })
  }
}

interface FileWatch {
  cancelled: AbortSignal
  /** Aborted when the file is paused or the browser goes offline. */
  paused: () => AbortSignal
  /** Resolves when the file is neither paused nor the browser offline. @throws the reason of `cancelled` */
  resumed: () => Promise<void>
  end: () => void
}

/** Follows what the person does with one file while it is being uploaded. */
function watchFile(uppy: Uppy<Meta, Uploaded>, fileId: string): FileWatch {
  const cancel = new AbortController()
  let pause = new AbortController()
  const changes = new EventTarget()

  const isHeld = () => !navigator.onLine || uppy.getFile(fileId)?.isPaused === true
  const onChange = () => {
    if (isHeld()) pause.abort(new Error('paused'))
    changes.dispatchEvent(new Event('change'))
  }
  const onCancel = () => {
    cancel.abort(new Error('cancelled'))
    onChange()
  }
  const onRemoved = (removed: File) => {
    if (removed.id === fileId) onCancel()
  }
  // Uppy changes `isPaused` around these events, some before and some after.
  const onPauseEvent = () => queueMicrotask(onChange)
  const pauseEvents = ['upload-pause', 'pause-all', 'resume-all', 'is-offline', 'is-online'] as const
  for (const event of pauseEvents) uppy.on(event, onPauseEvent)
  uppy.on('file-removed', onRemoved)
  uppy.on('cancel-all', onCancel)

  return {
    cancelled: cancel.signal,
    paused: () => {
      pause = new AbortController()
      return pause.signal
    },
    async resumed() {
      while (isHeld() && !cancel.signal.aborted) {
        await new Promise((resolve) => changes.addEventListener('change', resolve, { once: true }))
      }
      cancel.signal.throwIfAborted()
    },
    end() {
      for (const event of pauseEvents) uppy.off(event, onPauseEvent)
      uppy.off('file-removed', onRemoved)
      uppy.off('cancel-all', onCancel)
    },
  }
}
