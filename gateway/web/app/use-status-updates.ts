import { useCallback, useEffect, useRef } from 'preact/hooks'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import type { HashgateClient } from '../../../openapi/packages/client/src/hashgate-client.ts'
import { isTransient } from '../../../openapi/packages/client/src/hashgate-error.ts'
import { backoffSeconds, retry } from '../../../openapi/packages/client/src/retry.ts'
import type { Image, StreamedType } from '../../../openapi/packages/client/src/types.ts'
import { watchImages } from '../../../openapi/packages/client/src/watch-images.ts'
import type { Api } from './api.ts'

/** Each request occupies one of the browser's six connections to the gateway. */
const concurrentReads = 2
const retrySeconds = { first: 2, longest: 10 }
const types: StreamedType[] = ['image.processed', 'image.rejected']

/** The client gives up after some seconds. Events are not repeated, so the page waits for the end of an outage. */
const waitOut = (error: unknown, attempt: number) =>
  isTransient(error) ? Math.min(backoffSeconds(attempt, retrySeconds.first), retrySeconds.longest) : undefined

const isFinal = ({ status }: Image) => status === 'ready' || status === 'rejected'

/**
 * Reads images again when their status changes: by the gateway's stream of events, or by waiting for each image if there is no
 * stream. Images that others upload for the same tenant appear, too.
 * @param put receives the new states
 */
export function useStatusUpdates({ reading, gateway, key }: Api, put: (images: Image[]) => void) {
  const unfinished = useRef(new Set<string>())
  const hasStream = useRef(true)
  /** How often the stream has begun anew. Events before that may have been missed. */
  const beginnings = useRef(0)
  const limit = useRef(limitConcurrency(concurrentReads))
  const leaving = useRef<AbortSignal | undefined>(undefined)

  const accept = useCallback(
    (image: Image) => {
      if (isFinal(image)) unfinished.current.delete(image.imageId)
      else unfinished.current.add(image.imageId)
      put([image])
    },
    [put],
  )

  const readWith = useCallback(
    (imageId: string, call: (client: HashgateClient) => Promise<Image>) =>
      limit.current(() =>
        retry(() => reading(imageId, call), { delaySeconds: waitOut, signal: leaving.current }),
      ),
    [reading],
  )

  const wait = useCallback(
    (imageId: string) =>
      readWith(imageId, (client) => client.waitForImage(imageId)).then(accept, () =>
        unfinished.current.delete(imageId),
      ),
    [readWith, accept],
  )

  const read = useCallback(
    async (imageId: string) => {
      const image = await readWith(imageId, (client) => client.getImage(imageId)).catch(() => undefined)
      if (!image) return
      accept(image)
      if (!isFinal(image) && !hasStream.current) void wait(imageId)
    },
    [readWith, accept, wait],
  )

  /** Call this before a list is requested, and the returned function with its images. */
  const startFollowing = useCallback(() => {
    const begunBefore = beginnings.current
    return (images: Image[]) => {
      for (const image of images) {
        if (isFinal(image) || unfinished.current.has(image.imageId)) continue
        unfinished.current.add(image.imageId)
        if (!hasStream.current) void wait(image.imageId)
        // The image may have changed after it was listed and before the stream began.
        else if (beginnings.current !== begunBefore) void read(image.imageId)
      }
    }
  }, [wait, read])

  useEffect(() => {
    const left = new AbortController()
    const { signal } = left
    leaving.current = signal
    const watch = async () => {
      for await (const event of watchImages('all', { gateway, key, types, signal })) {
        if (event.type === 'resync') {
          beginnings.current += 1
          for (const imageId of unfinished.current) void read(imageId)
        } else void read(event.data.imageId)
      }
    }
    hasStream.current = true
    watch().catch(() => {
      if (signal.aborted) return
      hasStream.current = false
      for (const imageId of unfinished.current) void wait(imageId)
    })
    return () => left.abort()
  }, [gateway, key, read, wait])

  return { startFollowing, read }
}
