import type { Image, ImageEvent, Resync } from './types.ts'
import type { WatchAllOptions, WatchOptions } from './watch/watch-options.ts'

export type { WatchAllOptions, WatchOptions } from './watch/watch-options.ts'

/**
 * Watches images. With ids: the state of each image, then each newer state, until every image is `ready` or `rejected`.
 *
 *     for await (const image of watchImages(ids, { gateway: 'https://images.example.com', key })) show(image)
 *
 * With `'all'`: the tenant's events as they happen, without repeats and stale ones, until `signal` is aborted or the loop is left. A
 * `resync` comes first, and again whenever events may have been missed: read the states that matter then, for example with `eachImage`.
 *
 * It uses the gateway's stream of events, reconnects whenever it ends, and then reads the states again. Without a stream it waits
 * for the images with `wait`. Once the gateway has answered, outages are waited out.
 *
 * @throws HashgateError when the gateway refuses, also later, for example when the key was revoked or an image has expired;
 *   GatewayUnreachable when it does not answer at the start; the reason of `signal`. With `'all'`, also StreamUnsupported
 */
export function watchImages(ids: readonly string[], options: WatchOptions): AsyncGenerator<Image, void>
export function watchImages(ids: 'all', options: WatchAllOptions): AsyncGenerator<ImageEvent | Resync, void>
export async function* watchImages(
  ids: readonly string[] | 'all',
  options: WatchAllOptions,
): AsyncGenerator<Image | ImageEvent | Resync, void> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  try {
    const { startWatch } = await import('./watch/start-watch.ts')
    yield* startWatch(ids, { ...options, signal })
  } finally {
    left.abort()
  }
}
