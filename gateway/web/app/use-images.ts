import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import type { Api } from './api.ts'
import { useStatusUpdates } from './use-status-updates.ts'

export type Status = Image['status']

export interface Images {
  /** Newest first. */
  images: Image[]
  state: 'loading' | 'more' | 'end' | 'failed'
  loadMore: () => void
  /** Shows an image that was just uploaded. */
  add: (imageId: string) => void
}

const pageSize = 60
/** Retention is a week unless configured otherwise. Days without images are cheap to ask for. */
const daysBack = 8

const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

/** The images of the tenant, loaded page by page from today backwards, and updated while they are processed. */
export function useImages(api: Api, status?: Status): Images {
  const { client } = api
  const [byId, setById] = useState<ReadonlyMap<string, Image>>(new Map())
  const [state, setState] = useState<Images['state']>('more')
  const position = useRef<{ day: number; cursor?: string }>({ day: 0 })
  const isLoading = useRef(false)

  const put = useCallback((changed: Image[]) => {
    setById((known) => new Map([...known, ...changed.map((image) => [image.imageId, image] as const)]))
  }, [])
  const { follow, read } = useStatusUpdates(api, put)

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
        follow(page.images)
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

  const images = [...byId.values()]
    .filter((image) => status === undefined || image.status === status)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return { images, state, loadMore, add: read }
}
