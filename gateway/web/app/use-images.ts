import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import type { Image } from '../../../openapi/client/types.ts'
import type { Api } from './api.ts'

export type Status = Image['status']

export interface Images {
  /** Newest first. */
  images: Image[]
  state: 'loading' | 'more' | 'end' | 'failed'
  loadMore: () => void
  /** Shows an image that was just uploaded and follows it. */
  add: (imageId: string) => void
}

const pageSize = 60
/** Retention is a week unless configured otherwise. Days without images are cheap to ask for. */
const daysBack = 8
/** Each waiting request occupies one of the browser's six connections to the gateway. */
const concurrentWaits = 2

const isFinal = ({ status }: Image) => status === 'ready' || status === 'rejected'
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

/** The images of the tenant, loaded page by page from today backwards and updated while they are processed. */
export function useImages({ client }: Api, status?: Status): Images {
  const [byId, setById] = useState<ReadonlyMap<string, Image>>(new Map())
  const [state, setState] = useState<Images['state']>('more')
  const position = useRef<{ day: number; cursor?: string }>({ day: 0 })
  const isLoading = useRef(false)
  const followed = useRef(new Set<string>())
  const limit = useRef(limitConcurrency(concurrentWaits))

  const put = useCallback((changed: Image[]) => {
    setById((known) => new Map([...known, ...changed.map((image) => [image.imageId, image] as const)]))
  }, [])

  const follow = useCallback(
    (imageId: string) => {
      if (followed.current.has(imageId)) return
      followed.current.add(imageId)
      limit
        .current(async () => put([await client.waitForImage(imageId)]))
        .catch(() => {})
        .finally(() => followed.current.delete(imageId))
    },
    [client, put],
  )

  const loadMore = useCallback(async () => {
    if (isLoading.current) return
    isLoading.current = true
    setState('loading')
    try {
      for (let found = 0; found === 0 && position.current.day < daysBack; ) {
        const { day, cursor } = position.current
        const page = await client.listImages({ day: dayBefore(day), status, limit: pageSize }, cursor)
        position.current = page.nextCursor ? { day, cursor: page.nextCursor } : { day: day + 1 }
        found = page.images.length
        put(page.images)
        for (const image of page.images) if (!isFinal(image)) follow(image.imageId)
      }
      setState(position.current.day < daysBack ? 'more' : 'end')
    } catch {
      setState('failed')
    } finally {
      isLoading.current = false
    }
  }, [client, status, put, follow])

  useEffect(() => {
    position.current = { day: 0 }
    setById(new Map())
    void loadMore()
  }, [loadMore])

  const add = useCallback(
    async (imageId: string) => {
      const image = await client.getImage(imageId).catch(() => undefined)
      if (image) put([image])
      if (!image || !isFinal(image)) follow(imageId)
    },
    [client, put, follow],
  )

  const images = [...byId.values()]
    .filter((image) => status === undefined || image.status === status)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return { images, state, loadMore, add }
}
