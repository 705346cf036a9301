import { basename } from 'node:path'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { PreparedFile } from './prepare-file.ts'
import type { FileResult } from './upload-files.ts'

export interface ProgressView {
  onSending: (file: PreparedFile) => (sentBytes: number) => void
  onDone: (result: FileResult) => void
  stop: () => void
}

const format = ' {bar} {percentage}% | {name}'
const nameWidth = 40

/** A bar for each file that is being sent, and one for all files. Bars of files that are done give their place back. */
export function showProgress(fileCount: number): ProgressView {
  const bars = new MultiBar(
    { format, hideCursor: true, clearOnComplete: true, barsize: 30 },
    Presets.shades_classic,
  )
  const total = bars.create(fileCount, 0, { name: '' }, { format: ' {bar} {value}/{total} files' })
  const sending = new Map<string, SingleBar>()

  return {
    onSending: ({ path, blob }) => {
      const bar = bars.create(blob.size, 0, { name: basename(path).slice(0, nameWidth) })
      sending.set(path, bar)
      return (sentBytes) => bar.update(sentBytes)
    },
    onDone: ({ file }) => {
      const bar = sending.get(file)
      if (bar) bars.remove(bar)
      sending.delete(file)
      total.increment()
    },
    stop: () => bars.stop(),
  }
}

/** Where nobody looks: a log, a pipe. */
export const noProgress: ProgressView = { onSending: () => () => {}, onDone: () => {}, stop: () => {} }

/** One line of JSON for each file, as soon as it is done. */
export const printJson: ProgressView = {
  ...noProgress,
  onDone: (result) => console.log(JSON.stringify(result)),
}
