import { readFileSync } from 'node:fs'

export interface ViewColumn {
  name: string
  /** `time` is in UTC. `number` may have a fraction. */
  type: 'date' | 'time' | 'text' | 'boolean' | 'integer' | 'number'
  /** Absent if it has no unit. */
  unit?: string
  meaning: string
}

export interface ViewContract {
  /** What one row represents. */
  row: string
  meaning: string
  columns: ViewColumn[]
}

/** The views that analysts, reports and Tableau may rely on, by name, as in `deploy/analytics/views.json`. */
export function readViewContract(): Record<string, ViewContract> {
  return JSON.parse(readFileSync(new URL('../../../deploy/analytics/views.json', import.meta.url), 'utf8'))
}
