import type { Image, ImageEvent, Resync } from '../types.ts'
import { watchEvents } from './watch-events.ts'
import type { Watch, WatchAllOptions } from './watch-options.ts'
import { watchStates } from './watch-states.ts'

/** The work of `watchImages`. It is loaded when it is first used, because applications that only upload do not need it. */
export function startWatch(
  ids: readonly string[] | 'all',
  options: Watch<WatchAllOptions>,
): AsyncGenerator<Image | ImageEvent | Resync, void> {
  return ids === 'all' ? watchEvents(options) : watchStates(ids, options)
}
