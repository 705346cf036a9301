import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'

const lines = 20
const maxLineLength = 400

/** The end of a log, below a line with its path. */
export async function readLogTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const tail = text.trimEnd().split('\n').slice(-lines)
  const shown = tail.map((line) => `  ${line.slice(0, maxLineLength)}`)
  return [`The end of ${relative(process.cwd(), file)}:`, ...shown].join('\n')
}
