import { DependencyUnavailable } from '../../core/errors.ts'
import { type Topic, topics } from '../../core/events/image-events.ts'
import type { Follower, FollowOptions } from '../../core/kafka/follow-topics.ts'

/** The topics of a stream. */
export const streamTopics = [topics.processed, topics.rejected] as const satisfies Topic[]

/** The consumer groups in which gateways follow these topics. Access rules of Kafka must allow this prefix. */
export const streamGroupPrefix = 'hashgate-gateway-live-'

export type FeedHandlers = Pick<FollowOptions, 'onLive' | 'onLost' | 'onMessages'>

/** Starts to read `streamTopics` from now on. */
export type FollowEvents = (handlers: FeedHandlers) => Follower

interface FeedOptions {
  followEvents: FollowEvents
  onMessages: FeedHandlers['onMessages']
  /** Called whenever the feed becomes live: any events before may have been missed. */
  onLive: () => void
  /** How long `untilLive` waits. */
  timeoutMs: number
}

/** Follows the topics while there are streams. */
export function createEventFeed({ followEvents, onMessages, onLive, timeoutMs }: FeedOptions) {
  let current: { follower: Follower; live: PromiseWithResolvers<void> } | undefined

  /**
   * Starts the feed if it is not running, and resolves when no event is missed from then on.
   * @throws DependencyUnavailable (a retry can help) after `timeoutMs`
   */
  async function untilLive(signal: AbortSignal): Promise<void> {
    current ??= start()
    const { live } = current
    const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const ended = Promise.withResolvers<never>()
    const fail = () => ended.reject(new DependencyUnavailable('events', over.reason))
    over.addEventListener('abort', fail)
    if (over.aborted) fail()
    try {
      await Promise.race([live.promise, ended.promise])
    } finally {
      over.removeEventListener('abort', fail)
    }
  }

  function start() {
    const started = { live: Promise.withResolvers<void>() } as NonNullable<typeof current>
    const isCurrent = () => current === started
    started.follower = followEvents({
      onLive: () => {
        if (!isCurrent()) return
        onLive()
        started.live.resolve()
      },
      onLost: () => {
        started.live = Promise.withResolvers<void>()
      },
      onMessages: (messages) => {
        if (isCurrent()) onMessages(messages)
      },
    })
    return started
  }

  /** Stops the feed until the next `untilLive`. */
  async function stop(): Promise<void> {
    const stopped = current
    current = undefined
    await stopped?.follower.close()
  }

  return { untilLive, stop }
}
