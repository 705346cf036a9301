import { useCallback, useEffect, useState } from 'preact/hooks'

const readImageId = () => new URLSearchParams(location.hash.slice(1)).get('image') ?? undefined
const addressOf = (imageId: string) => `#image=${imageId}`

export interface OpenImage {
  imageId?: string
  open: (imageId: string) => void
  /** Opens another image in place of this one. */
  replace: (imageId: string) => void
  close: () => void
}

/**
 * The image whose page is open. It is kept in the fragment of the address, so the browser's back button closes it, and a reload
 * shows it again.
 */
export function useOpenImage(): OpenImage {
  const [imageId, setImageId] = useState(readImageId)
  useEffect(() => {
    const onPopState = () => setImageId(readImageId())
    addEventListener('popstate', onPopState)
    return () => removeEventListener('popstate', onPopState)
  }, [])

  const open = useCallback((imageId: string) => {
    history.pushState({ isFromGallery: true }, '', addressOf(imageId))
    setImageId(imageId)
  }, [])
  const replace = useCallback((imageId: string) => {
    history.replaceState(history.state, '', addressOf(imageId))
    setImageId(imageId)
  }, [])
  const close = useCallback(() => {
    if (!readImageId()) return
    if (history.state?.isFromGallery) return history.back()
    history.replaceState(null, '', location.pathname)
    setImageId(undefined)
  }, [])
  return { imageId, open, replace, close }
}
