import { useEffect, useRef, useState } from 'preact/hooks'
import type { Api } from './api.ts'
import { createUppy } from './create-uppy.ts'
import { texts } from './texts.ts'

interface UploadPanelProps {
  api: Api
  /** Called for each file whose bytes are in the store. */
  onUploaded: (imageId: string) => void
}

interface Refusal {
  fileId: string
  name: string
  message: string
}

/** Uppy's dashboard, with the bytes saved by duplicates and the reasons for refused files. */
export function UploadPanel({ api, onUploaded }: UploadPanelProps) {
  const target = useRef<HTMLDivElement>(null)
  const [saved, setSaved] = useState({ count: 0, bytes: 0 })
  const [refusals, setRefusals] = useState<Refusal[]>([])

  useEffect(() => {
    if (!target.current) return
    const uppy = createUppy(api, target.current)
    const repair = repairSingleFile(target.current)
    uppy.on('upload-success', (file, { body: uploaded }) => {
      if (!uploaded) return
      onUploaded(uploaded.imageId)
      if (uploaded.duplicate)
        setSaved(({ count, bytes }) => ({ count: count + 1, bytes: bytes + (file?.size ?? 0) }))
    })
    const forget = ({ id }: { id: string }) =>
      setRefusals((known) => known.filter(({ fileId }) => fileId !== id))
    const forgetAll = () => setRefusals([])
    uppy.on('upload-error', (file, { message }) => {
      if (!file) return
      forget(file)
      setRefusals((known) => [...known, { fileId: file.id, name: file.name, message }])
    })
    uppy.on('upload-retry', forget)
    uppy.on('file-removed', forget)
    uppy.on('retry-all', forgetAll)
    uppy.on('cancel-all', forgetAll)
    const askFirst = (event: BeforeUnloadEvent) => {
      const isBusy = uppy
        .getFiles()
        .some(({ progress, error }) => progress.uploadStarted && !progress.uploadComplete && !error)
      if (isBusy) event.preventDefault()
    }
    addEventListener('beforeunload', askFirst)
    return () => {
      removeEventListener('beforeunload', askFirst)
      repair.disconnect()
      uppy.destroy()
    }
  }, [api, onUploaded])

  return (
    <section class="upload" aria-label={texts.upload}>
      <div ref={target} />
      <p class="saved" role="status">
        {saved.count > 0 && texts.alreadyThere(saved.count, saved.bytes)}
      </p>
      <div role="alert">
        {refusals.length > 0 && (
          <ul class="refusals">
            {refusals.map(({ fileId, name, message }) => (
              <li key={fileId}>
                <strong>{name}</strong> {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

/** Uppy shows a single file as a list item outside a list, which screen readers do not announce. */
function repairSingleFile(panel: HTMLElement): MutationObserver {
  const observer = new MutationObserver(() =>
    panel.querySelector('.uppy-Dashboard-files:not([role])')?.setAttribute('role', 'list'),
  )
  observer.observe(panel, { childList: true, subtree: true })
  return observer
}
