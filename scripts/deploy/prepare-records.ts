import { setTimeout } from 'node:timers/promises'
import type { Deployment } from './deployment.ts'
import { ask, execute, type Warehouse } from './warehouse/ask-warehouse.ts'

/** The database of `10-database.sql`. */
const database = 'hashgate_records'

/** Half an hour at 5 s per poll: a new integration takes minutes to become active, and the first one much longer. */
const maxPolls = 360

/**
 * Prepares Redshift for the database of an integration: waits until the integration is active, and drops a database that belongs
 * to an earlier integration.
 * @throws Error if that database has history, which only the operator may delete
 */
export async function prepareRecords(
  deployment: Deployment,
  warehouse: Warehouse,
  { IntegrationId, HistoryMode }: { IntegrationId: string; HistoryMode: string },
): Promise<void> {
  const target = await waitForIntegration(deployment, warehouse, IntegrationId)
  if (target !== '') return
  const query = `SELECT database_name FROM svv_redshift_databases WHERE database_name = '${database}'`
  if ((await ask(deployment, warehouse, query)).length === 0) return
  if (HistoryMode === 'true') {
    throw new Error(
      `The database ${database} has the history of an earlier integration and is no longer updated. Copy what you want to keep, run DROP DATABASE ${database}, and deploy again.`,
    )
  }
  deployment.say(`  ${database} belongs to an earlier integration: recreating it.`)
  await execute(deployment, warehouse, `DROP DATABASE ${database}`)
}

/** @returns the integration's database; empty if it has none yet */
async function waitForIntegration(deployment: Deployment, warehouse: Warehouse, id: string): Promise<string> {
  const sql = `SELECT target_database FROM svv_integration WHERE integration_id = '${id}'`
  for (let polls = 0; polls < maxPolls; polls++) {
    const [row] = await ask(deployment, warehouse, sql)
    if (row) return row[0] ?? ''
    if (polls === 0) deployment.say('  Waiting for the integration to be active …')
    await setTimeout(deployment.pollMs)
  }
  throw new Error(
    `The integration ${id} did not become active in Redshift. Check its status, then deploy again.`,
  )
}
