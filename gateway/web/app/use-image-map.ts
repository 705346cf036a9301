import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import { isNewer, versionOfImage } from '../../../openapi/packages/client/src/watch/image-version.ts'

/** Each update renders the gallery, so many images that change at about the same time share one. */
const updateIntervalMs = 100
/** A new card has a placeholder to decode. */
const maxPerUpdate = 20

/**
 * The images that the gallery has loaded, by id. `put` shows a few at once and the others in steps, so that it never blocks the page. It
 * resolves when all of them are shown, or when `clear` drops them.
 */
export function useImageMap() {
  const [byId, setById] = useState<ReadonlyMap<string, Image>>(new Map())
  const waiting = useRef<Image[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const shown = useRef<(() => void)[]>([])

  const resolveShown = useCallback(() => {
    for (const resolve of shown.current.splice(0)) resolve()
  }, [])

  const show = useCallback(() => {
    timer.current = undefined
    const next = waiting.current.splice(0, maxPerUpdate)
    if (next.length === 0) return
    setById((known) => withChanged(known, next))
    timer.current = setTimeout(show, updateIntervalMs)
    if (waiting.current.length === 0) resolveShown()
  }, [resolveShown])

  const put = useCallback(
    (changed: Image[]) => {
      if (changed.length === 0) return Promise.resolve()
      waiting.current.push(...changed)
      const { promise, resolve } = Promise.withResolvers<void>()
      shown.current.push(resolve)
      if (timer.current === undefined) show()
      return promise
    },
    [show],
  )

  const clear = useCallback(() => {
    waiting.current = []
    setById(new Map())
    resolveShown()
  }, [resolveShown])

  useEffect(() => () => clearTimeout(timer.current), [])
  return { byId, put, clear }
}

/** The images with those that have changed. A state that was read before the known one is left out: responses can overtake each other. */
export function withChanged(known: ReadonlyMap<string, Image>, changed: Image[]): Map<string, Image> {
  const images = new Map(known)
  for (const image of changed) {
    const last = images.get(image.imageId)
    if (!last || !isOlder(image, last)) images.set(image.imageId, image)
  }
  return images
}

function isOlder(image: Image, other: Image): boolean {
  const [version, otherVersion] = [versionOfImage(image), versionOfImage(other)]
  return version !== undefined && otherVersion !== undefined && isNewer(otherVersion, version)
}
