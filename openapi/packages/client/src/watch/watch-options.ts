import type { ClientOptions } from '../hashgate-client.ts'
import type { StreamedType } from '../types.ts'
import type { FollowOptions } from './follow-events.ts'

export interface WatchOptions extends ClientOptions {
  /** Seconds without a byte after which a connection counts as dead; 45 by default. The gateway sends a comment every 15 seconds. */
  silenceSeconds?: number
}

export interface WatchAllOptions extends WatchOptions {
  /** All by default. */
  types?: StreamedType[]
}

/** Options whose signal is also aborted when the caller leaves the loop. */
export type Watch<Options> = Options & { signal: AbortSignal }

/** The gateway's limit. With more ids, the client filters. */
const maxIdsInUrl = 100

/** @param filter is read for each connection */
export function streamOptions(
  { gateway, key, fetch = globalThis.fetch, silenceSeconds = 45, signal }: Watch<WatchOptions>,
  filter: () => { types?: readonly string[]; imageIds?: ReadonlySet<string> },
): FollowOptions {
  function url(): string {
    const { types = [], imageIds = [] } = filter()
    const query = [...imageIds].map((id) => ['imageId', id])
    if (query.length > maxIdsInUrl) query.length = 0
    if (types.length > 0) query.push(['types', types.join()])
    return `${gateway.replace(/\/+$/, '')}/v1/events?${new URLSearchParams(query)}`
  }
  return { url, key, fetch, silenceSeconds, signal }
}
