import Table from 'cli-table3'
import type { Result, Value } from './session.ts'

export const textFormats = ['table', 'csv', 'json'] as const
export type TextFormat = (typeof textFormats)[number]

/** Formats a result as text without a final line break. `csv` follows RFC 4180, with an empty field for null; `json` is an array of objects. */
export function formatResult(result: Result, format: TextFormat): string {
  if (format === 'json') return JSON.stringify(result.rows, null, 2)
  return format === 'csv' ? formatCsv(result) : formatTable(result)
}

function formatTable({ columns, rows }: Result): string {
  const isNumeric = (name: string) => rows.some((row) => typeof row[name] === 'number')
  const table = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ name }) => (isNumeric(name) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push(columns.map(({ name }) => toText(row[name])))
  return table.toString()
}

function formatCsv({ columns, rows }: Result): string {
  const names = columns.map(({ name }) => name)
  const lines = [names, ...rows.map((row) => names.map((name) => toText(row[name])))]
  return lines.map((fields) => fields.map(quoteField).join(',')).join('\r\n')
}

const quoteField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function toText(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
