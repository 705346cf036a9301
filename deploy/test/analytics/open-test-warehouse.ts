import type { Test } from 'tap'
import {
  createWarehouse,
  type WarehouseContents,
} from '../../../scripts/analytics/warehouse/create-warehouse.ts'

/** Opens a warehouse that is closed when the test ends. */
export async function openTestWarehouse(t: Test, contents: WarehouseContents) {
  const { query, close } = await createWarehouse(contents)
  t.teardown(close)
  /** The rows of a view in the schema `analytics`. @param rest clauses such as WHERE */
  const ask = async (view: string, rest = '') => (await query(`SELECT * FROM analytics.${view} ${rest}`)).rows
  /** The columns of a view in order, with their DuckDB types. */
  const describe = async (view: string) => {
    const { columns } = await query(`SELECT * FROM analytics.${view} LIMIT 0`)
    return columns.map(({ name, type }) => [name, type] as const)
  }
  return { ask, describe }
}
