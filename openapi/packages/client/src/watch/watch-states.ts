import { createHashgateClient } from '../hashgate-client.ts'
import { isTransient } from '../hashgate-error.ts'
import { backoffSeconds, retry } from '../retry.ts'
import { sleep } from '../sleep.ts'
import type { Image } from '../types.ts'
import type { StreamMessage } from './event-stream.ts'
import { followEvents } from './follow-events.ts'
import { isNewer, versionOfEvent, versionOfImage } from './image-version.ts'
import { inParallel } from './in-parallel.ts'
import { readMessage } from './read-message.ts'
import { streamOptions, type Watch, type WatchOptions } from './watch-options.ts'

/** Browsers open at most six HTTP/1.1 connections to a host, and the stream takes one. */
const readsAtOnce = 5
/** Failed connections after which the client waits for images: one round, then two, then four, … before the next connection. */
const failuresBeforeWaiting = 3
const maxRounds = 16
const waitSeconds = 20
const maxDelaySeconds = 30

/** `watchImages(ids)` */
export async function* watchStates(
  ids: readonly string[],
  options: Watch<WatchOptions>,
): AsyncGenerator<Image, void> {
  const { signal } = options
  const client = createHashgateClient(options)
  const unfinished = new Set(ids.map((id) => id.toLowerCase()))
  const known = new Map<string, Image>()
  let hasAnswered = false
  if (unfinished.size === 0) return

  for await (const news of followEvents(streamOptions(options, () => ({ imageIds: unfinished })))) {
    if (news.state === 'open') yield* read(unfinished)
    else if (news.state === 'messages') yield* read(changedIn(news.messages))
    else if (!hasAnswered) yield* read(unfinished)
    if (news.state === 'closed') yield* bridge(news)
    if (unfinished.size === 0) return
  }
  // There is no stream.
  yield* waitFor(Number.POSITIVE_INFINITY)

  /** Waits, or reads the images, until the next connection. */
  async function* bridge(closed: { failures: number; waitSeconds: number }): AsyncGenerator<Image, void> {
    const further = closed.failures - failuresBeforeWaiting
    if (further >= 0) yield* waitFor(Math.min(2 ** further, maxRounds))
    else if (unfinished.size > 0) await sleep(closed.waitSeconds, signal)
  }

  async function* waitFor(rounds: number): AsyncGenerator<Image, void> {
    for (let round = 0; round < rounds && unfinished.size > 0; round += 1)
      yield* read(unfinished, waitSeconds)
  }

  /** Reads images and returns those that have changed. @param seconds how long to wait for each to become final */
  async function* read(imageIds: Iterable<string>, seconds = 0): AsyncGenerator<Image, void> {
    for await (const image of inParallel([...imageIds], readsAtOnce, (id) => readOne(id, seconds))) {
      const { imageId, status } = image
      const last = known.get(imageId)
      known.set(imageId, image)
      if (status === 'ready' || status === 'rejected') unfinished.delete(imageId)
      if (!last || hasChanged(image, last)) yield image
    }
  }

  /** Once the gateway has answered, an outage is waited out. */
  async function readOne(id: string, seconds: number): Promise<Image> {
    const delaySeconds = (error: unknown, attempt: number) =>
      hasAnswered && isTransient(error) ? Math.min(backoffSeconds(attempt), maxDelaySeconds) : undefined
    const image = await retry(() => client.waitForImage(id, seconds), { delaySeconds, signal })
    hasAnswered = true
    return image
  }

  /** The watched images that the messages report a change of. */
  function changedIn(messages: StreamMessage[]): Set<string> {
    const changed = new Set<string>()
    for (const message of messages.map(readMessage)) {
      if (!message) continue
      if (message.type === 'resync') return unfinished
      const { imageId } = message.data
      const image = known.get(imageId)
      const isStale = image && !isNewer(versionOfEvent(message), versionOfImage(image))
      if (unfinished.has(imageId) && !isStale) changed.add(imageId)
    }
    return changed
  }
}

/** An older gateway sends no `sequence`; then only the status shows a change. */
function hasChanged(image: Image, last: Image): boolean {
  const version = versionOfImage(image)
  return version ? isNewer(version, versionOfImage(last)) : image.status !== last.status
}
