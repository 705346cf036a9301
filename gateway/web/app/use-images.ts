import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { HashgateError } from '../../../openapi/packages/client/src/hashgate-error.ts'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import type { Api } from './api.ts'
import { listDays } from './list-days.ts'
import { useImageMap } from './use-image-map.ts'
import { useStatusUpdates } from './use-status-updates.ts'

export type Status = Image['status']

export interface Filter {
  status?: Status
  /** UTC, `YYYY-MM-DD`. */
  day?: string
}

export interface Images {
  /** Newest first. */
  images: Image[]
  /** `forbidden`: the key has no right to read images. */
  state: 'loading' | 'more' | 'end' | 'failed' | 'forbidden'
  /** Why the last page could not be loaded. */
  failure?: string
  loadMore: () => void
  /** Reads an image from the gateway and shows it. */
  read: (imageId: string) => void
  /** An image that was loaded, even if the filter hides it. */
  find: (imageId: string) => Image | undefined
}

const pageSize = 60

/** The images of the tenant, loaded page by page from today backwards, and updated while they are processed. */
export function useImages(api: Api, { status, day: onlyDay }: Filter): Images {
  const { client } = api
  const { byId, put, clear } = useImageMap()
  const [{ state, failure }, setState] = useState<Pick<Images, 'state' | 'failure'>>({ state: 'more' })
  const position = useRef<{ days: string[]; cursor?: string }>({ days: [] })
  /** Aborts the load in progress when the filter changes. */
  const loading = useRef<AbortController | undefined>(undefined)

  const { startFollowing, read } = useStatusUpdates(api, put)

  const loadMore = useCallback(async () => {
    if (loading.current) return
    const load = new AbortController()
    const { signal } = load
    loading.current = load
    setState({ state: 'loading' })
    try {
      for (let found = 0; found === 0 && position.current.days.length > 0; ) {
        const { days, cursor } = position.current
        const follow = startFollowing()
        const page = await client.listImages({ day: days[0], status, limit: pageSize }, cursor)
        if (signal.aborted) return
        position.current = page.nextCursor ? { days, cursor: page.nextCursor } : { days: days.slice(1) }
        found = page.images.length
        follow(page.images)
        // Until all cards are shown, the end of the gallery is in view and would load the next page.
        await put(page.images)
        if (signal.aborted) return
      }
      setState({ state: position.current.days.length > 0 ? 'more' : 'end' })
    } catch (error) {
      if (signal.aborted) return
      const isForbidden = error instanceof HashgateError && error.code === 'SCOPE_MISSING'
      setState({ state: isForbidden ? 'forbidden' : 'failed', failure: (error as Error).message })
    } finally {
      if (loading.current === load) loading.current = undefined
    }
  }, [client, status, put, startFollowing])

  useEffect(() => {
    position.current = { days: onlyDay ? [onlyDay] : listDays() }
    clear()
    void loadMore()
    return () => {
      loading.current?.abort()
      loading.current = undefined
    }
  }, [onlyDay, loadMore, clear])

  const images = [...byId.values()]
    .filter((image) => status === undefined || image.status === status)
    .filter((image) => onlyDay === undefined || image.createdAt.startsWith(onlyDay))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.imageId.localeCompare(a.imageId))
  return { images, state, failure, loadMore, read, find: (imageId) => byId.get(imageId) }
}
