import { useEffect, useRef, useState } from 'preact/hooks'
import type { Image, Variant } from '../../../openapi/packages/client/src/types.ts'
import { type Api, toCurl } from './api.ts'
import { formatBytes, formatTime, texts } from './texts.ts'

interface ImageDialogProps {
  api: Api
  image: Image
  onClose: () => void
}

/** Everything about one image: its variants, facts and times, and the calls that the page made for it. */
export function ImageDialog({ api, image, onClose }: ImageDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const calls = api.callsOf(image.imageId)
  const largest = image.variants?.toSorted((a, b) => b.width - a.width)[0]
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="image-title">
      <div class="dialog-head">
        <h2 id="image-title">{image.fileName ?? texts.unnamed}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {texts.close}
        </button>
      </div>
      {image.rejection && <p role="alert">{image.rejection.detail}</p>}
      {largest && (
        <img
          class="large"
          src={largest.url}
          width={largest.width}
          height={largest.height}
          alt={image.fileName ?? texts.unnamed}
        />
      )}
      <Facts image={image} />
      {image.variants && (
        <>
          <h3>{texts.variants}</h3>
          <ul class="variants">
            {image.variants.map((variant) => (
              <VariantRow key={variant.name} variant={variant} />
            ))}
          </ul>
        </>
      )}
      {calls.length > 0 && (
        <details>
          <summary>{texts.calls}</summary>
          <p>{texts.callsHint}</p>
          {calls.map((call) => (
            <pre key={`${call.method} ${call.url}`}>{toCurl(call)}</pre>
          ))}
        </details>
      )}
    </dialog>
  )
}

function Facts({ image }: { image: Image }) {
  const { width, height, camera, takenAt, finishedAt } = image
  const cameraName = [camera?.make, camera?.model].filter(Boolean).join(' ')
  const facts: [string, string | undefined][] = [
    [texts.statusLabel, texts.status[image.status]],
    [texts.dimensions, width && height ? texts.pixels(width, height) : undefined],
    [texts.size, formatBytes(image.byteLength)],
    [texts.camera, cameraName || undefined],
    [texts.takenAt, takenAt && formatTime(takenAt)],
    [texts.requestedAt, formatTime(image.createdAt)],
    [texts.finishedAt, finishedAt && formatTime(finishedAt)],
    [texts.deletedAt, formatTime(image.expiresAt)],
    [texts.imageId, image.imageId],
  ]
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function VariantRow({ variant }: { variant: Variant }) {
  const [isCopied, setCopied] = useState(false)
  const { name, width, height, byteLength, url } = variant
  const copy = async () => {
    await navigator.clipboard.writeText(url)
    setCopied(true)
  }
  return (
    <li>
      <span>
        {name}: {texts.pixels(width, height)}, {formatBytes(byteLength)}
      </span>
      <button type="button" aria-label={texts.copyUrl(name)} onClick={copy}>
        {isCopied ? texts.copied : texts.copy}
      </button>
      <a href={url} target="_blank" rel="noreferrer">
        {texts.open}
      </a>
    </li>
  )
}
