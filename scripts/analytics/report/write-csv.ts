import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cell, Section } from './page/sections/section.ts'

/** Writes the data of each section as `‹name›.csv`, as RFC 4180 defines it. @returns the files */
export async function writeCsv(directory: string, sections: Section[]): Promise<string[]> {
  await mkdir(directory, { recursive: true })
  return Promise.all(
    sections.map(async ({ name, columns, rows }) => {
      const file = join(directory, `${name}.csv`)
      await writeFile(file, formatCsv([columns.map((column) => column.name), ...rows]))
      return file
    }),
  )
}

export function formatCsv(rows: Cell[][]): string {
  return rows.map((row) => `${row.map(formatCell).join(',')}\r\n`).join('')
}

function formatCell(value: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  // A spreadsheet would run it as a formula, and camera names come from uploaded files.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
