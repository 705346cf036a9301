import { basename } from 'node:path'
import { MultiBar, Presets } from 'cli-progress'
import type { PreparedFile } from './prepare-file.ts'
import type { FileResult } from './upload-files.ts'

export interface ProgressView {
  onSending: (file: PreparedFile) => (sentBytes: number) => void
  onDone: (result: FileResult) => void
  stop: () => void
}

const format = ' {bar} {percentage}% | {name}'
const nameWidth = 40

/** A bar for each file that is on its way, and one for all files: a file counts when its processing has ended. */
export function showProgress(fileCount: number): ProgressView {
  const bars = new MultiBar(
    { format, hideCursor: true, clearOnComplete: true, barsize: 30 },
    Presets.shades_classic,
  )
  const total = bars.create(fileCount, 0, { name: '' }, { format: ' {bar} {value}/{total} files done' })

  return {
    onSending: ({ path, blob }) => {
      const bar = bars.create(blob.size, 0, { name: basename(path).slice(0, nameWidth) })
      return (sentBytes) => {
        bar.update(sentBytes)
        if (sentBytes === blob.size) bars.remove(bar)
      }
    },
    onDone: () => total.increment(),
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
