import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Image } from '../../../openapi/packages/client/src/types.ts'

/** Each update renders the gallery, so many images that change at about the same time share one. */
const updateIntervalMs = 100
/** A new card has a placeholder to decode. */
const maxPerUpdate = 20

/** The images that the gallery has loaded, by id. `put` shows a few at once and the others in steps, so that it never blocks the page. */
export function useImageMap() {
  const [byId, setById] = useState<ReadonlyMap<string, Image>>(new Map())
  const waiting = useRef<Image[]>([])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const show = useCallback(() => {
    timer.current = undefined
    const next = waiting.current.splice(0, maxPerUpdate)
    if (next.length === 0) return
    setById((known) => new Map([...known, ...next.map((image) => [image.imageId, image] as const)]))
    timer.current = setTimeout(show, updateIntervalMs)
  }, [])

  const put = useCallback(
    (changed: Image[]) => {
      waiting.current.push(...changed)
      if (timer.current === undefined) show()
    },
    [show],
  )

  const clear = useCallback(() => {
    waiting.current = []
    setById(new Map())
  }, [])

  useEffect(() => () => clearTimeout(timer.current), [])
  return { byId, put, clear }
}
