import { useEffect, useRef } from 'preact/hooks'
import type { Image } from '../../../../openapi/packages/client/src/types.ts'
import type { Api } from '../api.ts'
import { texts } from '../texts.ts'
import { CallList } from './call-list.tsx'
import { ImageFacts } from './image-facts.tsx'
import { ImageHistory } from './image-history.tsx'
import { VariantList } from './variant-list.tsx'

interface ImageDialogProps {
  api: Api
  image: Image
  /** Shows the image before or after this one. Absent at the ends of the gallery. */
  onPrevious?: () => void
  onNext?: () => void
  onClose: () => void
}

/** The page of one image: its variants, facts and history, and the calls that the page made for it. */
export function ImageDialog({ api, image, onPrevious, onNext, onClose }: ImageDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Returns the focus to where it was, also when the browser's back button closed it.
    return () => shown?.close()
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLPreElement) return
    if (event.key === 'ArrowLeft') onPrevious?.()
    if (event.key === 'ArrowRight') onNext?.()
  }

  const { fileName, rejection, variants } = image
  const name = fileName ?? texts.unnamed
  const calls = api.callsOf(image.imageId)
  const largest = variants?.toSorted((a, b) => b.width - a.width)[0]
  return (
    <dialog ref={dialog} onClose={onClose} onKeyDown={onKeyDown} aria-labelledby="image-title">
      <div class="dialog-head">
        <h2 id="image-title">{name}</h2>
        <StepButton label={texts.previous} symbol="‹" onClick={onPrevious} />
        <StepButton label={texts.next} symbol="›" onClick={onNext} />
        <button type="button" onClick={() => dialog.current?.close()}>
          {texts.close}
        </button>
      </div>
      <div class="dialog-body">
        {largest && (
          <img class="large" src={largest.url} width={largest.width} height={largest.height} alt={name} />
        )}
        <div class="details">
          {rejection && (
            <p class="refusal" role="alert">
              {rejection.detail}
            </p>
          )}
          <ImageFacts image={image} />
          <h3>{texts.history}</h3>
          <ImageHistory image={image} />
        </div>
      </div>
      {variants && (
        <>
          <h3>{texts.variants}</h3>
          <VariantList variants={variants} />
        </>
      )}
      {calls.length > 0 && <CallList calls={calls} />}
    </dialog>
  )
}

function StepButton({ label, symbol, onClick }: { label: string; symbol: string; onClick?: () => void }) {
  // A disabled button loses the focus, so a keyboard would start again at the top of the dialog.
  return (
    <button type="button" aria-label={label} aria-disabled={!onClick} onClick={onClick}>
      {symbol}
    </button>
  )
}
