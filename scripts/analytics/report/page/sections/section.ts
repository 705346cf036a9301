import { formatBytes, formatCount } from '../../format.ts'

export type Cell = string | number | undefined

export interface Column {
  /** Name in CSV files. */
  name: string
  title: string
  /** Default: the unformatted value. Columns with a format are right-aligned. */
  format?: (value: number) => string
}

export interface Section {
  /** Name of its CSV file, and of its elements. */
  name: string
  title: string
  /** What the chart shows, in a sentence with its most important numbers. */
  summary: string
  legend?: { name: string; swatch: 'main' | 'second' | 'saved' | 'rest' | 'p50' | 'p90' | 'p99' }[]
  /** Takes half of the width. */
  isHalf?: boolean
  /** Absent if there is nothing to draw. */
  draw?: (width: number) => Element
  columns: Column[]
  rows: Cell[][]
  sql: string
}

export const countColumn = (name: string, title: string): Column => ({ name, title, format: formatCount })
export const bytesColumn = (name: string, title: string): Column => ({ name, title, format: formatBytes })
