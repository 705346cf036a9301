import { basename } from 'node:path'
import cliProgress, { MultiBar, type Options, type Params, Presets } from 'cli-progress'
import { formatBytes } from '../terminal/format-bytes.ts'
import { printable } from '../terminal/printable.ts'
import type { Sending } from './follow-upload.ts'
import type { PreparedFile } from './prepare-file.ts'

export interface ProgressView {
  onSending: (file: PreparedFile) => Sending
  onDone: () => void
  stop: () => void
}

/** Shows one bar for all files and one for each file being sent. Lines are reused, so that the display does not jump. */
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
      line.shown.name = printable(basename(path))
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
        end: (storedBytes) => {
          // Bytes that the store already had or refused are not part of the total.
          run.sentBytes += storedBytes - sentBefore
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

/** Used when stderr is not a terminal. */
export const noProgress: ProgressView = {
  onSending: () => ({ sent: () => {}, end: () => {} }),
  onDone: () => {},
  stop: () => {},
}

/** `█████░░░  12/250 files  33.1 MB sent  4 sending` */
export function formatTotalLine(
  options: Options,
  { progress, value, total }: Params,
  { sentBytes, sending }: { sentBytes: number; sending: number },
): string {
  const files = `${String(value).padStart(String(total).length)}/${total} files`
  const doing = sending > 0 ? `${sending} sending` : sentBytes > 0 ? 'waiting for processing' : ''
  return ` ${bar(options, progress)} ${files}  ${formatBytes(sentBytes)} sent  ${doing}`
}

/** `█████░░░  45%   5.7 MB  harbour.jpg`, or nothing while the line is free. */
export function formatFileLine(
  options: Options,
  { progress, total }: Params,
  { name }: { name: string },
): string {
  if (!name) return ''
  const percent = `${Math.floor(progress * 100)}%`.padStart(4)
  return ` ${bar(options, progress)} ${percent} ${formatBytes(total).padStart(9)}  ${name}`
}

function bar(options: Options, progress: number): string {
  return cliProgress.Format.BarFormat(progress, options)
}
