import { readViewContract } from './read-view-contract.ts'
import type { Result } from './session.ts'

/** The views, or the columns of one, as a result. @param name of a view, with or without its schema; empty: all views */
export function describeViews(name: string): Result {
  const views = readViewContract()
  const columns = views[name.replace(/^analytics\./, '')]?.columns
  if (!columns) {
    const rows = Object.entries(views).map(([view, { row, meaning }]) => ({
      view: `analytics.${view}`,
      row,
      meaning,
    }))
    return { columns: ['view', 'row', 'meaning'].map((name) => ({ name, type: 'VARCHAR' })), rows }
  }
  return {
    columns: ['column', 'type', 'unit', 'meaning'].map((name) => ({ name, type: 'VARCHAR' })),
    rows: columns.map(({ name, type, unit = '', meaning }) => ({ column: name, type, unit, meaning })),
  }
}
