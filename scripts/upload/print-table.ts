import Table from 'cli-table3'
import { cutStart } from './cut-start.ts'
import { formatBytes } from './format-bytes.ts'
import type { FileResult } from './upload-files.ts'

const minFileWidth = 16
const idWidth = 12
/** ` │ ` */
const gapWidth = 3
/** All gaps, and `│ ` and ` │` at the ends. */
const frameWidth = 4 * gapWidth + 4

interface TableOptions {
  /** All files of the run, also those that it did not come to. */
  fileCount: number
  /** How wide the terminal is, when it is one. */
  columns?: number
}

/** A table for people, and what it came to. */
export function printTable(
  results: FileResult[],
  { fileCount, columns = Number.POSITIVE_INFINITY }: TableOptions,
): void {
  const table = new Table({
    head: ['file', 'id', 'result', 'variants', 'ms'],
    colAligns: ['left', 'left', 'left', 'left', 'right'],
    // No colours, and a line below the head only.
    style: { head: [], border: [], compact: true },
  })
  const restWidth = widthOfTheRest(results)
  const fileWidth = Math.max(minFileWidth, columns - restWidth - frameWidth)
  // It takes the place of the last four columns and the three gaps between them.
  const reasonWidth = restWidth + 3 * gapWidth
  for (const { file, imageId, result, reason, variants, ms } of results) {
    table.push([cutStart(file, fileWidth), imageId?.slice(0, idWidth) ?? '', result, variants.join(' '), ms])
    if (reason) table.push(['', { colSpan: 4, content: wrap(reason, reasonWidth) }])
  }
  console.log(table.toString())
  console.log(summarise(results, fileCount))
}

/** The text of all columns but the first. */
function widthOfTheRest(results: FileResult[]): number {
  const widest = (head: string, text: (result: FileResult) => string) =>
    results.reduce((width, result) => Math.max(width, text(result).length), head.length)
  return (
    idWidth +
    widest('result', ({ result }) => result) +
    widest('variants', ({ variants }) => variants.join(' ')) +
    widest('ms', ({ ms }) => String(ms))
  )
}

function wrap(text: string, width: number): string {
  return text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, 'g'), '$1\n').trimEnd()
}

function summarise(results: FileResult[], fileCount: number): string {
  const uploaded = results.reduce((sum, { uploadedBytes }) => sum + uploadedBytes, 0)
  const skipped = results.reduce((sum, { skippedBytes }) => sum + skippedBytes, 0)
  const ready = results.filter(({ status }) => status === 'ready').length
  return `${ready} of ${fileCount} ready, ${formatBytes(uploaded)} uploaded, ${formatBytes(skipped)} were there already`
}
