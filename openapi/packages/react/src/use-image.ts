import { createHashgateClient, type Image } from '@hashgate/client'
import { useCallback, useEffect, useState } from 'react'
import { useHashgateOptions } from './hashgate-provider.ts'
import { ImageRejected } from './image-rejected.ts'

export interface ImageState {
  /** The newest record that is available. Undefined until it is read. */
  image: Image | undefined
  /** Why the image was rejected, or why its record could not be read. The message is a sentence for users. */
  error: Error | undefined
  /** How often the record has been read again after `reload`. */
  reloads: number
  /** Reads the record again, for example because its signed URLs have expired. */
  reload: () => void
}

interface Loaded {
  imageId: string
  /** The given record when this one was requested. */
  givenVersion: string
  reloads: number
  image?: Image
  error?: Error
}

/**
 * The record of an image. Waits until it is `ready` or `rejected`. A record that is final already is not requested, except by `reload`.
 *
 * @param source an id, or a record, for example from a list. All requests need a HashgateProvider whose key has the scope `read`
 */
export function useImage(source: string | Image): ImageState {
  const options = useHashgateOptions()
  const given = typeof source === 'string' ? undefined : source
  const imageId = typeof source === 'string' ? source : source.imageId
  const givenVersion = `${imageId} ${given?.sequence} ${expiry(given)}`
  const isGivenFinal = isFinal(given)
  const [loaded, setLoaded] = useState<Loaded>()
  const [wanted, setWanted] = useState({ givenVersion, reloads: 0 })
  const isStale = wanted.givenVersion === givenVersion && wanted.reloads > 0

  useEffect(() => {
    if (!options || (isGivenFinal && !isStale)) return
    const controller = new AbortController()
    const { signal } = controller
    const request = { imageId, givenVersion, reloads: wanted.reloads }
    createHashgateClient({ ...options, signal })
      .waitForImage(imageId)
      .then(
        (image) => setLoaded({ ...request, image }),
        (error) => signal.aborted || setLoaded({ ...request, error }),
      )
    return () => controller.abort()
  }, [imageId, givenVersion, isGivenFinal, isStale, wanted.reloads, options])

  const reload = useCallback(
    () => setWanted(({ reloads }) => ({ givenVersion, reloads: reloads + 1 })),
    [givenVersion],
  )
  const current = loaded?.imageId === imageId ? loaded : undefined
  const image = chooseNewer(given, current?.image)
  const failure = current?.givenVersion === givenVersion ? current.error : undefined
  const error = failure ?? findError(image, options !== undefined)
  return { image, error, reloads: current?.reloads ?? 0, reload }
}

function isFinal(image: Image | undefined): boolean {
  return image?.status === 'ready' || image?.status === 'rejected'
}

/** The newer record, or the one with the fresher URLs if both have the same `sequence`. */
function chooseNewer(given: Image | undefined, loaded: Image | undefined): Image | undefined {
  if (!given || !loaded) return given ?? loaded
  if (given.sequence !== loaded.sequence) return given.sequence > loaded.sequence ? given : loaded
  return expiry(given) > expiry(loaded) ? given : loaded
}

function expiry(image: Image | undefined): string {
  return image?.variants?.[0]?.urlExpiresAt ?? ''
}

function findError(image: Image | undefined, hasProvider: boolean): Error | undefined {
  if (image?.status === 'rejected') return new ImageRejected(image)
  if (isFinal(image) || hasProvider) return undefined
  return new Error('This image is not ready: wrap the component in a HashgateProvider, which waits for it.')
}
