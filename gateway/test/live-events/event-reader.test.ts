import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { createEventReader } from '../../live-events/event-reader.ts'
import { createRecentEvents } from '../../live-events/recent-events.ts'

/** A response whose buffer is emptied at the end of the tick only if its client reads. */
function createResponse({ isRead }: { isRead: boolean }) {
  const response = {
    writableLength: 0,
    destroyed: false,
    write(chunk: Buffer | string) {
      response.writableLength += chunk.length
      if (isRead) process.nextTick(() => (response.writableLength = 0))
    },
    destroy() {
      response.destroyed = true
    },
    end() {},
  }
  return response
}

for (const isRead of [true, false]) {
  t.test(
    `a burst of events ${isRead ? 'reaches a client that reads' : 'ends the stream of one that does not'}`,
    async (t) => {
      const response = createResponse({ isRead })
      const reader = createEventReader(response as unknown as ServerResponse, {}, 10_000)
      const recent = createRecentEvents(100)
      const event = someEvent()
      for (let n = 0; n < 100; n++) reader.offer(recent.add('image.processed', event, JSON.stringify(event)))
      await setImmediate()
      t.equal(response.destroyed, !isRead)
      t.equal(reader.closeReason(), isRead ? 'client' : 'slow')
      t.equal(reader.eventCount(), 100)
    },
  )
}
