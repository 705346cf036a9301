import { randomBytes } from 'node:crypto'
import type { Topic } from '../../core/events/image-events.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'

export interface LiveEvent {
  tenant: string
  imageId: string
  topic: Topic
  /** Counts the tenant's events only, so that an id reveals nothing about other tenants. */
  number: number
  /** The event as it is sent to every reader. */
  frame: Buffer
}

export type RecentEvents = ReturnType<typeof createRecentEvents>

/**
 * Keeps the last events in memory, for readers that reconnect with a `Last-Event-ID`. An id is `‹run›-‹number›`; after a gap in the
 * events a new run begins, and ids of the previous one are unknown.
 */
export function createRecentEvents(capacity: number) {
  let run = newRun()
  let events: LiveEvent[] = []
  let counts = new Map<string, number>()

  const idOf = (number: number) => `${run}-${number}`
  const countOf = (tenant: string) => counts.get(tenant) ?? 0

  /** @param text the event's JSON */
  function add(topic: Topic, { data: { tenant, imageId } }: ImageEvent, text: string): LiveEvent {
    const number = countOf(tenant) + 1
    counts.set(tenant, number)
    const frame = Buffer.from(`id: ${idOf(number)}\nevent: ${topic}\ndata: ${text}\n\n`)
    const event = { tenant, imageId, topic, number, frame }
    events.push(event)
    if (events.length > capacity) events.shift()
    return event
  }

  /** The id of the tenant's last event. */
  const lastId = (tenant: string): string => idOf(countOf(tenant))

  /** The tenant's events after the one with this id. Undefined if some of them are no longer kept, or the id is unknown. */
  function after(tenant: string, id: string): LiveEvent[] | undefined {
    const [, idRun, digits] = /^(\w+)-(\d{1,15})$/.exec(id) ?? []
    if (idRun !== run) return undefined
    const number = Number(digits)
    const found = events.filter((event) => event.tenant === tenant && event.number > number)
    return found.length === countOf(tenant) - number ? found : undefined
  }

  function startRun(): void {
    run = newRun()
    events = []
    counts = new Map()
  }

  return { add, lastId, after, startRun }
}

const newRun = () => randomBytes(6).toString('hex')
