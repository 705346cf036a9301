import Table from 'cli-table3'
import { formatBytes } from '../terminal/format-bytes.ts'
import { printable } from '../terminal/printable.ts'
import type { FileResult } from './upload-files.ts'

/** East Asian characters and emoji occupy two terminal columns, combining marks none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u
const flat = /\p{Mark}/u

const minFileWidth = 16
const idWidth = 64
/** ` │ ` */
const gapWidth = 3
/** `│ ` and ` │` at the ends. */
const edgesWidth = 4

interface TableOptions {
  /** All files of the run, including those that were not reached. */
  fileCount: number
  /** Bytes stored by this run, including those of images whose outcome is not known. */
  uploadedBytes: number
  /** The width of the terminal, if stdout is one. */
  columns?: number
}

/**
 * Prints a table of the results and a summary line. An id is never shortened, because the API accepts only whole ones: in a
 * narrow terminal it is on a separate line.
 */
export function printTable(
  results: FileResult[],
  { fileCount, uploadedBytes, columns = Number.POSITIVE_INFINITY }: TableOptions,
): void {
  const restWidth = widthOfTheRest(results)
  const isWide = columns >= minFileWidth + gapWidth + idWidth + gapWidth + restWidth + edgesWidth
  const table = new Table({
    head: ['file', ...(isWide ? ['id'] : []), 'result', 'variants', 'ms'],
    colAligns: ['left', ...(isWide ? (['left'] as const) : []), 'left', 'left', 'right'],
    // The table has no colours, and a separator only below the head.
    style: { head: [], border: [], compact: true },
  })
  const idSpace = isWide ? idWidth + gapWidth : 0
  const fileWidth = Math.max(minFileWidth, columns - restWidth - idSpace - gapWidth - edgesWidth)
  for (const { file, imageId = '', result, reason, variants, ms } of results) {
    const id = isWide ? [imageId] : []
    table.push([cutStart(printable(file), fileWidth), ...id, result, variants.join(' '), ms])
    if (imageId && !isWide) table.push([{ colSpan: 4, content: `  ${imageId}` }])
    const spanned = { colSpan: isWide ? 4 : 3, content: wrap(printable(reason ?? ''), restWidth + idSpace) }
    if (reason) table.push(['', spanned])
  }
  if (results.length > 0) console.log(table.toString())
  console.log(summarise(results, fileCount, uploadedBytes))
}

/** The total width of the columns for result, variants and time, and of the gaps between them. */
function widthOfTheRest(results: FileResult[]): number {
  const widest = (head: string, text: (result: FileResult) => string) =>
    results.reduce((width, result) => Math.max(width, text(result).length), head.length)
  return (
    2 * gapWidth +
    widest('result', ({ result }) => result) +
    widest('variants', ({ variants }) => variants.join(' ')) +
    widest('ms', ({ ms }) => String(ms))
  )
}

function wrap(text: string, width: number): string {
  return text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, 'g'), '$1\n').trimEnd()
}

function summarise(results: FileResult[], fileCount: number, uploaded: number): string {
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
