import { basename } from 'node:path'
import { MultiBar, Presets } from 'cli-progress'
import type { Sending } from './follow-upload.ts'
import { formatFileLine, formatTotalLine } from './format-progress.ts'
import type { PreparedFile } from './prepare-file.ts'

export interface ProgressView {
  onSending: (file: PreparedFile) => Sending
  onDone: () => void
  stop: () => void
}

/**
 * A bar for all files, and below it one for each that is being sent. A line is taken again by the next file, instead of
 * coming and going with each: nothing jumps.
 */
export function showProgress(fileCount: number): ProgressView {
  const bars = new MultiBar(
    { format: formatFileLine, hideCursor: true, clearOnComplete: true, barsize: 24 },
    Presets.shades_classic,
  )
  const run = { sentBytes: 0, sending: 0 }
  const total = bars.create(fileCount, 0, run, { format: formatTotalLine })
  const newLine = () => {
    const shown = { name: '' }
    return { shown, bar: bars.create(1, 0, shown) }
  }
  const freeLines: ReturnType<typeof newLine>[] = []

  return {
    onSending: ({ path, blob }) => {
      const line = freeLines.shift() ?? newLine()
      line.shown.name = basename(path)
      line.bar.setTotal(blob.size)
      line.bar.update(0)
      run.sending += 1
      let sentBefore = 0
      return {
        sent: (bytes) => {
          run.sentBytes += bytes - sentBefore
          sentBefore = bytes
          line.bar.update(bytes)
        },
        end: () => {
          run.sending -= 1
          line.shown.name = ''
          freeLines.push(line)
        },
      }
    },
    onDone: () => total.increment(),
    stop: () => bars.stop(),
  }
}

/** Where nobody looks: a log, a pipe. */
export const noProgress: ProgressView = {
  onSending: () => ({ sent: () => {}, end: () => {} }),
  onDone: () => {},
  stop: () => {},
}
