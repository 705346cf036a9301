import { useEffect, useRef, useState } from 'react'

interface LoadingOptions {
  /** What is being loaded: anything that changes with the image, but not with its URLs. */
  imageId: string
  src: string | undefined
  /** Gets fresh URLs. Undefined if that is impossible. */
  reload: (() => void) | undefined
}

interface Failure {
  element: HTMLImageElement | null
  src: string | undefined
  willReload: boolean
}

/** The loading state of an `<img>`. After a failure, `reload` is called once; the next failure is final for this `src`. */
export function useLoading({ imageId, src, reload }: LoadingOptions) {
  const element = useRef<HTMLImageElement>(null)
  /** The image that was reloaded since it was last shown. */
  const reloadedId = useRef<string>(undefined)
  /** The last failure. React may see it twice: in the element, by the last effect below, and as an event. */
  const lastFailure = useRef<Failure>(undefined)
  const [loadedId, setLoadedId] = useState<string>()
  const [brokenSrc, setBrokenSrc] = useState<string>()

  function handleLoad(): void {
    reloadedId.current = undefined
    lastFailure.current = undefined
    setLoadedId(imageId)
  }

  /** Returns whether another attempt follows. */
  function handleError(): boolean {
    const last = lastFailure.current
    if (last && last.element === element.current && last.src === src) return last.willReload
    const willReload = reload !== undefined && reloadedId.current !== imageId
    lastFailure.current = { element: element.current, src, willReload }
    if (!willReload) setBrokenSrc(src)
    reloadedId.current = imageId
    if (willReload) reload()
    return willReload
  }

  const settle = useRef<() => void>(undefined)
  useEffect(() => {
    settle.current = () => {
      if (!element.current?.currentSrc || !element.current.complete) return
      if (element.current.naturalWidth > 0) handleLoad()
      else handleError()
    }
  })
  // A server-rendered image may have been loaded, or have failed, before React attached its listeners.
  useEffect(() => settle.current?.(), [])

  return {
    element,
    isLoaded: loadedId === imageId,
    isBroken: src !== undefined && brokenSrc === src,
    handleLoad,
    handleError,
  }
}
