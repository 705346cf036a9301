import Table from 'cli-table3'
import type { FileResult } from './upload-files.ts'

const fileWidth = 44
const linesBelowHeadOnly = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

/** A table for people, and what it came to. */
export function printTable(results: FileResult[]): void {
  const table = new Table({
    head: ['file', 'id', 'result', 'variants', 'ms'],
    colAligns: ['left', 'left', 'left', 'left', 'right'],
    style: { head: [], border: [] },
    chars: linesBelowHeadOnly,
  })
  for (const { file, imageId, result, reason, variants, ms } of results) {
    const verdict = reason ? `${result}\n${wrap(reason)}` : result
    table.push([keepEnd(file), imageId?.slice(0, 12) ?? '', verdict, variants.join(' '), ms])
  }
  console.log(table.toString())
  console.log(summarise(results))
}

function summarise(results: FileResult[]): string {
  const uploaded = results.reduce((sum, { uploadedBytes }) => sum + uploadedBytes, 0)
  const skipped = results.reduce((sum, { skippedBytes }) => sum + skippedBytes, 0)
  const ready = results.filter(({ status }) => status === 'ready').length
  return `${ready} of ${results.length} ready, ${formatBytes(uploaded)} uploaded, ${formatBytes(skipped)} were there already`
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const exponent = Math.min(3, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** exponent).toFixed(1)} ${['B', 'kB', 'MB', 'GB'][exponent]}`
}

/** The end of a path tells more than its beginning. */
function keepEnd(path: string): string {
  return path.length > fileWidth ? `…${path.slice(1 - fileWidth)}` : path
}

function wrap(text: string): string {
  return text.replace(/(.{1,48})(\s+|$)/g, '$1\n').trimEnd()
}
