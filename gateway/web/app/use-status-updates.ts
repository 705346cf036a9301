import { useCallback, useEffect, useRef } from 'preact/hooks'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import type { Image, StreamedType } from '../../../openapi/packages/client/src/types.ts'
import { watchImages } from '../../../openapi/packages/client/src/watch-images.ts'
import type { Api } from './api.ts'

/** Each request occupies one of the browser's six connections to the gateway. */
const concurrentReads = 2
const types: StreamedType[] = ['image.processed', 'image.rejected']

const isFinal = ({ status }: Image) => status === 'ready' || status === 'rejected'

/**
 * Reads images again when their status changes: by the gateway's stream of events, or by waiting for each image if there is no
 * stream. Images that others upload for the same tenant appear, too.
 * @param put receives the new states
 */
export function useStatusUpdates({ reading, gateway, key }: Api, put: (images: Image[]) => void) {
  const unfinished = useRef(new Set<string>())
  const hasStream = useRef(true)
  const limit = useRef(limitConcurrency(concurrentReads))

  const accept = useCallback(
    (image: Image) => {
      if (isFinal(image)) unfinished.current.delete(image.imageId)
      else unfinished.current.add(image.imageId)
      put([image])
    },
    [put],
  )

  const wait = useCallback(
    (imageId: string) =>
      limit.current(() =>
        reading(imageId, (client) => client.waitForImage(imageId)).then(accept, () =>
          unfinished.current.delete(imageId),
        ),
      ),
    [reading, accept],
  )

  const follow = useCallback(
    (images: Image[]) => {
      for (const image of images) {
        if (isFinal(image) || unfinished.current.has(image.imageId)) continue
        unfinished.current.add(image.imageId)
        if (!hasStream.current) void wait(image.imageId)
      }
    },
    [wait],
  )

  const read = useCallback(
    (imageId: string) =>
      limit.current(async () => {
        const image = await reading(imageId, (client) => client.getImage(imageId)).catch(() => undefined)
        if (!image) return
        accept(image)
        if (!isFinal(image) && !hasStream.current) void wait(imageId)
      }),
    [reading, accept, wait],
  )

  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const watch = async () => {
      for await (const event of watchImages('all', { gateway, key, types, signal })) {
        if (event.type !== 'resync') void read(event.data.imageId)
        else for (const imageId of unfinished.current) void read(imageId)
      }
    }
    hasStream.current = true
    watch().catch(() => {
      if (signal.aborted) return
      hasStream.current = false
      for (const imageId of unfinished.current) void wait(imageId)
    })
    return () => leaving.abort()
  }, [gateway, key, read, wait])

  return { follow, read }
}
