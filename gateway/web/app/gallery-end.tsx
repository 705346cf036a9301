import { useEffect, useRef } from 'preact/hooks'
import { texts } from './texts.ts'
import type { Images } from './use-images.ts'

interface GalleryEndProps extends Pick<Images, 'state' | 'failure' | 'loadMore'> {
  isEmpty: boolean
  isFiltered: boolean
}

/** Loads the next images when it comes into view, and shows whether there are none or the loading failed. */
export function GalleryEnd({ state, failure, isEmpty, isFiltered, loadMore }: GalleryEndProps) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!button.current || state !== 'more') return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore(), {
      // A page ahead, so that scrolling does not wait for the gateway.
      rootMargin: '100% 0px',
    })
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [state, loadMore])

  if (state === 'forbidden') return <p class="empty">{texts.keyCannotRead}</p>
  if (state === 'end') {
    if (!isEmpty) return null
    return <p class="empty">{isFiltered ? texts.noImagesOfFilter : texts.noImages}</p>
  }
  if (state === 'loading') return <p role="status">{texts.loading}</p>
  return (
    <p role={state === 'failed' ? 'alert' : undefined}>
      {state === 'failed' && `${texts.listFailed} ${failure ?? ''} `}
      <button type="button" ref={button} onClick={loadMore}>
        {state === 'failed' ? texts.tryAgain : texts.loadMore}
      </button>
    </p>
  )
}
