import type { Test } from 'tap'
import {
  createWarehouse,
  type WarehouseContents,
} from '../../../scripts/analytics/warehouse/create-warehouse.ts'

/** The warehouse until the end of the test. */
export async function openTestWarehouse(t: Test, contents: WarehouseContents) {
  const { query, close } = await createWarehouse(contents)
  t.teardown(close)
  /** The rows of a view in the schema `analytics`. @param rest such as a condition */
  const ask = async (view: string, rest = '') => (await query(`SELECT * FROM analytics.${view} ${rest}`)).rows
  /** Its columns in their order, with DuckDB's names of their types. */
  const describe = async (view: string) => {
    const { columns } = await query(`SELECT * FROM analytics.${view} LIMIT 0`)
    return columns.map(({ name, type }) => [name, type] as const)
  }
  return { ask, describe }
}
