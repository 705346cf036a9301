import { useMemo } from 'preact/hooks'
import { thumbHashToDataURL } from 'thumbhash'
import type { Image } from '../../../../openapi/packages/client/src/types.ts'
import { texts } from '../texts.ts'

interface ImageCardProps {
  image: Image
  onOpen: (imageId: string) => void
}

/** One image of the gallery: the placeholder until its smallest variant is loaded, and its status unless it is ready. */
export function ImageCard({ image, onOpen }: ImageCardProps) {
  const { imageId, status, fileName, rejection, variants } = image
  const placeholder = usePlaceholder(image)
  const thumb = variants?.toSorted((a, b) => a.width - b.width)[0]
  const name = fileName ?? texts.unnamed
  return (
    <button type="button" class={`card ${status}`} onClick={() => onOpen(imageId)}>
      <span class="for-screen-readers">
        {name}, {status === 'ready' && texts.status.ready}
      </span>
      {placeholder && <img class="placeholder" src={placeholder} alt="" />}
      {thumb && (
        <img
          class="thumb"
          src={thumb.url}
          width={thumb.width}
          height={thumb.height}
          alt=""
          loading="lazy"
          decoding="async"
        />
      )}
      {status !== 'ready' && (
        <span class="status">
          {texts.status[status]}
          {rejection && <small>{rejection.detail}</small>}
        </span>
      )}
    </button>
  )
}

function usePlaceholder({ placeholder }: Image): string | undefined {
  return useMemo(
    () => placeholder && thumbHashToDataURL(Uint8Array.from(atob(placeholder), (char) => char.charCodeAt(0))),
    [placeholder],
  )
}
