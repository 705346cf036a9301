import { Problem } from '../http/problems.ts'

export interface PlaceLimits {
  maxStreams: number
  maxStreamsPerTenant: number
}

const retryAfterSeconds = 30

/** Limits the open streams of this process and of each tenant. */
export function createStreamPlaces({ maxStreams, maxStreamsPerTenant }: PlaceLimits) {
  const taken = new Map<string, number>()
  let total = 0

  /** @returns the function that frees the place. @throws Problem TOO_MANY_STREAMS or OVERLOADED */
  return function takePlace(tenant: string): () => void {
    const own = taken.get(tenant) ?? 0
    if (own >= maxStreamsPerTenant) {
      const detail = `Your tenant has ${own} open streams on this gateway, which is its limit. Close some, or follow more images with one stream.`
      throw new Problem('TOO_MANY_STREAMS', { detail, retryAfterSeconds })
    }
    if (total >= maxStreams) {
      const detail = `The gateway has ${total} open streams, which is its limit.`
      throw new Problem('OVERLOADED', { detail, retryAfterSeconds })
    }
    taken.set(tenant, own + 1)
    total += 1
    return () => {
      const left = (taken.get(tenant) ?? 1) - 1
      if (left > 0) taken.set(tenant, left)
      else taken.delete(tenant)
      total -= 1
    }
  }
}
