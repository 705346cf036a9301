import { sleep } from '../sleep.ts'
import type { ImageEvent, Resync } from '../types.ts'
import { followEvents } from './follow-events.ts'
import { type ImageVersion, isNewer, versionOfEvent } from './image-version.ts'
import { readMessage } from './read-message.ts'
import { streamOptions, type Watch, type WatchAllOptions } from './watch-options.ts'

/** Attempts to open the first stream. */
const maxFirstAttempts = 5
/** Bounds the memory of a stream that never ends. */
const maxKnownImages = 10_000

/** `watchImages('all')` */
export async function* watchEvents(
  options: Watch<WatchAllOptions>,
): AsyncGenerator<ImageEvent | Resync, void> {
  const { signal, types } = options
  const known = new Map<string, ImageVersion>()
  let wasOpen = false
  for await (const news of followEvents(streamOptions(options, () => ({ types })))) {
    if (news.state === 'open') {
      wasOpen = true
      if (!news.resumed) yield { type: 'resync', reason: 'opened' }
    } else if (news.state === 'messages') {
      for (const message of news.messages.map(readMessage))
        if (message && (message.type === 'resync' || isNews(message))) yield message
    } else {
      const isFinal = news.state === 'unsupported' || (!wasOpen && news.failures >= maxFirstAttempts)
      if (isFinal) throw news.error
      await sleep(news.waitSeconds, signal)
    }
  }

  /** Whether the event is neither a repeat nor stale. */
  function isNews(event: ImageEvent): boolean {
    const { imageId } = event.data
    const version = versionOfEvent(event)
    if (!isNewer(version, known.get(imageId))) return false
    known.delete(imageId)
    if (version) known.set(imageId, version)
    const [oldest = imageId] = known.keys()
    if (known.size > maxKnownImages) known.delete(oldest)
    return true
  }
}
