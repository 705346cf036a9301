import Table from 'cli-table3'
import { formatBytes } from './format-bytes.ts'
import type { FileResult } from './upload-files.ts'

/** East Asian characters and emoji occupy two terminal columns, combining marks none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u
const flat = /\p{Mark}/u

const minFileWidth = 16
const idWidth = 12
/** ` │ ` */
const gapWidth = 3
/** All gaps, and `│ ` and ` │` at the ends. */
const frameWidth = 4 * gapWidth + 4

interface TableOptions {
  /** All files of the run, including those that were not reached. */
  fileCount: number
  /** The width of the terminal, if stdout is one. */
  columns?: number
}

/** Prints a table of the results and a summary line. */
export function printTable(
  results: FileResult[],
  { fileCount, columns = Number.POSITIVE_INFINITY }: TableOptions,
): void {
  const table = new Table({
    head: ['file', 'id', 'result', 'variants', 'ms'],
    colAligns: ['left', 'left', 'left', 'left', 'right'],
    // No colours, and a separator only below the head.
    style: { head: [], border: [], compact: true },
  })
  const restWidth = widthOfTheRest(results)
  const fileWidth = Math.max(minFileWidth, columns - restWidth - frameWidth)
  // A reason spans the last four columns and the three gaps between them.
  const reasonWidth = restWidth + 3 * gapWidth
  for (const { file, imageId, result, reason, variants, ms } of results) {
    table.push([cutStart(file, fileWidth), imageId?.slice(0, idWidth) ?? '', result, variants.join(' '), ms])
    if (reason) table.push(['', { colSpan: 4, content: wrap(reason, reasonWidth) }])
  }
  console.log(table.toString())
  console.log(summarise(results, fileCount))
}

/** The total text width of all columns but the first. */
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
  return `${ready} of ${fileCount} ready, ${formatBytes(uploaded)} uploaded, ${formatBytes(skipped)} already stored`
}

/** Shortens a path to a number of terminal columns. It cuts the start, because the end identifies the file. */
export function cutStart(path: string, columns: number): string {
  if (columnsOf(path) <= columns) return path
  const characters = [...path]
  let left = columns - 1
  let start = characters.length
  while (start > 0 && left - columnsOf(characters[start - 1] as string) >= 0) {
    start -= 1
    left -= columnsOf(characters[start] as string)
  }
  return `…${characters.slice(start).join('')}`
}

function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += wide.test(character) ? 2 : flat.test(character) ? 0 : 1
  return columns
}
