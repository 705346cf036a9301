import type { EventBus } from '../../core/events/event-bus.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'

/** An event bus that records published events in memory. */
export function createMemoryEventBus() {
  const published: ImageEvent[] = []
  const eventBus: Pick<EventBus, 'publish'> = {
    async publish(event) {
      published.push(event)
    },
  }
  return { ...eventBus, published }
}
