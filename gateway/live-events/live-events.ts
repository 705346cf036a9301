import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { topicOf } from '../../core/events/image-events.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { Problem } from '../http/problems.ts'
import type { GatewayMetrics } from '../observe/create-metrics.ts'
import { createEventFeed, type FollowEvents } from './event-feed.ts'
import { createEventStream, type EventStream, type StreamRequest } from './event-stream.ts'
import { createRecentEvents } from './recent-events.ts'
import { streamLimits } from './stream-limits.ts'
import { createStreamPlaces } from './stream-places.ts'

export interface LiveEventsOptions {
  followEvents: FollowEvents
  metrics: GatewayMetrics
  logger: Logger
  limits?: Partial<typeof streamLimits>
  /** Calls back each second. @returns the function that stops it */
  everySecond?: (callback: () => void) => () => void
  /** From 0 to 1. */
  random?: () => number
}

export type LiveEvents = ReturnType<typeof createLiveEvents>

/**
 * Hands out events to the open streams. Kafka is read once per process, and only while there are streams or were some minutes ago.
 * An event is parsed and formatted once, and offered to the streams of its tenant.
 */
export function createLiveEvents(options: LiveEventsOptions) {
  const { followEvents, metrics, logger, everySecond = callEverySecond, random = Math.random } = options
  const limits = { ...streamLimits, ...options.limits }
  const recent = createRecentEvents(limits.keptEvents)
  const takePlace = createStreamPlaces(limits)
  const feed = createEventFeed({
    followEvents,
    onLive: startRun,
    onMessages,
    timeoutMs: limits.liveTimeoutMs,
  })
  const streams = new Set<EventStream>()
  const streamsOf = new Map<string, Set<EventStream>>()
  let waiting = 0
  let idleSeconds = 0
  let stopTicking: (() => void) | undefined
  const ending = new AbortController()
  const allClosed = Promise.withResolvers<void>()

  /**
   * Resolves when no event is missed from then on, to the function that starts the stream on a response whose head is written.
   * @throws Problem when there are too many streams; DependencyUnavailable (a retry can help) when Kafka is unavailable
   */
  async function open(request: StreamRequest): Promise<(response: ServerResponse) => void> {
    if (ending.signal.aborted) {
      throw new Problem('OVERLOADED', { detail: 'This gateway is closing.', retryAfterSeconds: 1 })
    }
    const leavePlace = takePlace(request.tenant)
    waiting += 1
    stopTicking ??= everySecond(tick)
    try {
      await feed.untilLive(ending.signal)
      return (response) => start(request, response, leavePlace)
    } catch (error) {
      leavePlace()
      throw error
    } finally {
      waiting -= 1
    }
  }

  function start(request: StreamRequest, response: ServerResponse, leavePlace: () => void): void {
    if (response.destroyed) {
      leavePlace()
      return
    }
    const { tenant, lastEventId } = request
    const lastId = () => recent.lastId(tenant)
    const stream = createEventStream(request, response, { limits, lastId, random })
    const { reader } = stream
    add(stream)
    response.on('error', () => {})
    response.once('close', () => {
      leavePlace()
      remove(stream)
    })
    const missed = lastEventId === undefined ? [] : recent.after(tenant, lastEventId)
    if (!missed) reader.resync('unknown_last_event_id')
    else if (!reader.hasRoomFor(missed)) reader.resync('too_many_events')
    else for (const event of missed) send(stream, event)
    reader.greet(lastId())
    if (ending.signal.aborted) stream.end('shutdown')
  }

  function add(stream: EventStream): void {
    const { tenant } = stream.request
    streams.add(stream)
    streamsOf.set(tenant, (streamsOf.get(tenant) ?? new Set()).add(stream))
    metrics.openStreams.set(streams.size)
  }

  function remove(stream: EventStream): void {
    const { request, reader } = stream
    const own = streamsOf.get(request.tenant)
    streams.delete(stream)
    own?.delete(stream)
    if (own?.size === 0) streamsOf.delete(request.tenant)
    metrics.openStreams.set(streams.size)
    if (ending.signal.aborted && streams.size === 0) allClosed.resolve()
    const reason = reader.closeReason()
    metrics.closedStreams.inc({ reason })
    const line = { operation: 'streamEvents', tenant: request.tenant, reason, events: reader.eventCount() }
    request.logger.info({ ...line, seconds: stream.ageSeconds() }, 'stream closed')
  }

  /** Events may have been missed: every stream sends `resync`, and earlier ids become unknown. */
  function startRun(): void {
    recent.startRun()
    for (const { request, reader } of streams) {
      reader.resync('events_interrupted')
      reader.greet(recent.lastId(request.tenant))
    }
  }

  function onMessages(messages: KafkaMessage[]): void {
    for (const { value, unreadable } of messages) {
      const text = String(value)
      const event = unreadable ? undefined : parseEvent(text)
      if (event) handOut(event, text)
      else logger.warn({ operation: 'streamEvents' }, 'a Kafka message is not an event; streams skip it')
    }
  }

  function handOut(event: ImageEvent, text: string): void {
    const made = recent.add(topicOf(event), event, text)
    for (const stream of streamsOf.get(made.tenant) ?? []) send(stream, made)
  }

  function send({ reader }: EventStream, event: ReturnType<typeof recent.add>): void {
    if (reader.offer(event)) metrics.streamedEvents.inc()
  }

  function tick(): void {
    for (const stream of streams) stream.tick()
    idleSeconds = streams.size + waiting > 0 ? 0 : idleSeconds + 1
    if (idleSeconds > limits.idleSeconds) void stop()
  }

  async function stop(): Promise<void> {
    stopTicking?.()
    stopTicking = undefined
    idleSeconds = 0
    await feed.stop()
  }

  /** Ends all streams, so that clients reconnect elsewhere, and refuses new ones. */
  function endAll(): void {
    ending.abort()
    for (const stream of streams) stream.end('shutdown')
  }

  /** Ends all streams. Resolves when their responses are sent and Kafka is disconnected, or after `closeMs`. */
  async function close(): Promise<void> {
    endAll()
    if (streams.size === 0) allClosed.resolve()
    const over = sleep(limits.closeMs, undefined, { ref: false })
    await Promise.race([Promise.all([allClosed.promise, stop()]), over])
    for (const { reader } of streams) reader.cutOff()
  }

  return { open, endAll, close }
}

/** Undefined when the text is not the JSON of an event, in one line. */
function parseEvent(text: string): ImageEvent | undefined {
  try {
    const event = JSON.parse(text) as ImageEvent
    return event.data.tenant && event.data.imageId && topicOf(event) && !/[\r\n]/.test(text)
      ? event
      : undefined
  } catch {
    return undefined
  }
}

function callEverySecond(callback: () => void): () => void {
  const timer = setInterval(callback, 1_000).unref()
  return () => clearInterval(timer)
}
