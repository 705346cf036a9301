import { useEffect, useRef, useState } from 'preact/hooks'
import type { Api } from './api.ts'
import { createUppy } from './create-uppy.ts'
import { texts } from './texts.ts'

interface UploadPanelProps {
  api: Api
  /** Called for each file whose bytes are in the store. */
  onUploaded: (imageId: string) => void
}

/** Uppy's dashboard, and how much the duplicates have saved. */
export function UploadPanel({ api, onUploaded }: UploadPanelProps) {
  const target = useRef<HTMLDivElement>(null)
  const [saved, setSaved] = useState({ count: 0, bytes: 0 })

  useEffect(() => {
    if (!target.current) return
    const uppy = createUppy(api, target.current)
    uppy.on('upload-success', (file, { body: uploaded }) => {
      if (!uploaded) return
      onUploaded(uploaded.imageId)
      if (uploaded.duplicate)
        setSaved(({ count, bytes }) => ({ count: count + 1, bytes: bytes + (file?.size ?? 0) }))
    })
    const askFirst = (event: BeforeUnloadEvent) => {
      const isBusy = uppy
        .getFiles()
        .some(({ progress }) => progress.uploadStarted && !progress.uploadComplete)
      if (isBusy) event.preventDefault()
    }
    addEventListener('beforeunload', askFirst)
    return () => {
      removeEventListener('beforeunload', askFirst)
      uppy.destroy()
    }
  }, [api, onUploaded])

  return (
    <section class="upload" aria-label={texts.upload}>
      <div ref={target} />
      <p class="saved" role="status">
        {saved.count > 0 && texts.alreadyThere(saved.count, saved.bytes)}
      </p>
    </section>
  )
}
