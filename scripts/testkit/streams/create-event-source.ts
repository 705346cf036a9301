import type { ImageEvent } from '../../../core/images/image-event.ts'
import type { FeedHandlers, FollowEvents } from '../../../gateway/live-events/event-feed.ts'

/** A double of the Kafka topics that streams follow. It is connected at once unless `isUp` is false. */
export function createEventSource({ isUp = true } = {}) {
  const followers = new Set<FeedHandlers>()
  const followEvents: FollowEvents = (handlers) => {
    followers.add(handlers)
    if (isUp) queueMicrotask(handlers.onLive)
    return { close: async () => void followers.delete(handlers) }
  }

  function publishText(...texts: string[]): void {
    const messages = texts.map((text, n) => ({
      topic: 'image.processed',
      partition: 0,
      offset: String(n),
      timestamp: 0,
      key: null,
      value: Buffer.from(text),
      headers: [],
    }))
    for (const { onMessages } of followers) onMessages(messages)
  }

  return {
    followEvents,
    publishText,
    publish: (...events: ImageEvent[]) => publishText(...events.map((event) => JSON.stringify(event))),
    loseKafka: () => {
      for (const { onLost } of followers) onLost()
    },
    regainKafka: () => {
      for (const { onLive } of followers) onLive()
    },
    followers,
  }
}
