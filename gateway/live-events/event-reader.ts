import type { ServerResponse } from 'node:http'
import type { LiveEvent } from './recent-events.ts'

/** Which of the tenant's events a reader gets. Absent: all of them. */
export interface EventFilter {
  topics?: ReadonlySet<string>
  imageIds?: ReadonlySet<string>
}

/** Why a stream was closed; a label of a metric. */
export type CloseReason = 'client' | 'lifetime' | 'slow' | 'credentials' | 'shutdown'

/** Why a client has to read the states of its images again. */
export type ResyncReason = 'unknown_last_event_id' | 'too_many_events' | 'events_interrupted'

export type EventReader = ReturnType<typeof createEventReader>

/** Milliseconds that a client waits before it reconnects. */
const retryMs = 3_000

/**
 * Writes events to one open response. Source: WHATWG HTML, "Server-sent events".
 * @param maxBufferedBytes a reader that leaves more than this unread is cut off
 */
export function createEventReader(
  response: ServerResponse,
  { topics, imageIds }: EventFilter,
  maxBufferedBytes: number,
) {
  let reason: CloseReason | undefined
  let events = 0

  let isChecking = false

  function write(chunk: string | Buffer): void {
    if (reason) return
    response.write(chunk)
    if (isChecking || response.writableLength <= maxBufferedBytes) return
    isChecking = true
    // Node.js hands over what is written now at the end of this tick: many events at once do not mean that the reader is slow.
    setImmediate(cutOffIfSlow)
  }

  function cutOffIfSlow(): void {
    isChecking = false
    if (reason || response.writableLength <= maxBufferedBytes) return
    reason = 'slow'
    response.destroy()
  }

  const isSelected = ({ topic, imageId }: LiveEvent): boolean =>
    (!topics || topics.has(topic)) && (!imageIds || imageIds.has(imageId))

  /** Sends the event if it passes the filter. @returns whether it was sent */
  function offer(event: LiveEvent): boolean {
    if (reason || !isSelected(event)) return false
    write(event.frame)
    events += 1
    return true
  }

  /** Whether these events can be sent at once. */
  function hasRoomFor(missed: LiveEvent[]): boolean {
    const bytes = missed.filter(isSelected).reduce((sum, { frame }) => sum + frame.length, 0)
    return bytes <= maxBufferedBytes
  }

  /** @param lastId where the client resumes */
  function end(why: CloseReason, lastId: string): void {
    write(`id: ${lastId}\n\n`)
    if (reason) return
    reason = why
    response.end()
  }

  return {
    offer,
    hasRoomFor,
    end,
    /** @param lastId where the client resumes until it gets an event */
    greet: (lastId: string) => write(`retry: ${retryMs}\nid: ${lastId}\n\n`),
    resync: (why: ResyncReason) => write(`event: resync\ndata: ${JSON.stringify({ reason: why })}\n\n`),
    heartbeat: () => write(':\n\n'),
    cutOff: () => response.destroy(),
    closeReason: (): CloseReason => reason ?? 'client',
    eventCount: () => events,
  }
}
