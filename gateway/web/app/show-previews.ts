import type { Body, Meta, Uppy, UppyFile } from '@uppy/core'
// Declares the events of previews.
import type {} from '@uppy/thumbnail-generator'
import type { PreviewAnswer, PreviewRequest } from './preview-worker.ts'

/** Path of the worker's script, which has the hash of its content in its name. The build replaces it. */
declare const PREVIEW_WORKER: string

/**
 * Shows previews of the files that are in view. Uppy's own generator decodes photos on the page's thread, which blocks it for 100 ms and more
 * for each; this one uses a worker. Call the returned function when the panel is no longer shown.
 */
export function showPreviews<M extends Meta, B extends Body>(uppy: Uppy<M, B>): () => void {
  let worker: Worker | undefined
  const waiting: string[] = []
  const requested = new Set<string>()
  let isBusy = false

  function next(): void {
    while (!isBusy) {
      const id = waiting.shift()
      if (id === undefined) return
      const file = uppy.getFile(id)?.data
      if (!(file instanceof Blob)) continue
      isBusy = true
      worker ??= startWorker()
      worker.postMessage({ id, file } satisfies PreviewRequest)
    }
  }

  function startWorker(): Worker {
    const started = new Worker(PREVIEW_WORKER, { type: 'module' })
    started.onmessage = ({ data: { id, preview } }: MessageEvent<PreviewAnswer>) => {
      isBusy = false
      if (preview && uppy.getFile(id)) uppy.setFileState(id, { preview: URL.createObjectURL(preview) })
      next()
    }
    return started
  }

  const onRequest = ({ id }: UppyFile<M, B>) => {
    // The dashboard requests it again at each update of a file without a preview.
    if (requested.has(id)) return
    requested.add(id)
    waiting.push(id)
    next()
  }
  const onCancel = ({ id }: UppyFile<M, B>) => {
    const position = waiting.indexOf(id)
    if (position < 0) return
    waiting.splice(position, 1)
    requested.delete(id)
  }
  const onRemoved = (file: UppyFile<M, B>) => {
    onCancel(file)
    requested.delete(file.id)
    if (file.preview?.startsWith('blob:')) URL.revokeObjectURL(file.preview)
  }
  uppy.on('thumbnail:request', onRequest)
  uppy.on('thumbnail:cancel', onCancel)
  uppy.on('file-removed', onRemoved)
  return () => {
    uppy.off('thumbnail:request', onRequest)
    uppy.off('thumbnail:cancel', onCancel)
    uppy.off('file-removed', onRemoved)
    worker?.terminate()
  }
}
