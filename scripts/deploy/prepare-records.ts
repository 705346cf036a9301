import { setTimeout } from 'node:timers/promises'
import type { Deployment } from './deployment.ts'
import { ask, execute, type Warehouse } from './warehouse/ask-warehouse.ts'

/** As `10-database.sql` names it. */
const database = 'hashgate_records'

/** A new integration is active after some minutes, and the first time it is much later. */
const maxLooks = 360

/**
 * Clears the way for the database of an integration: waits until Redshift has the integration, and drops a database that
 * belongs to another one, which nobody fills any more.
 * @throws Error when that database has history, which only a person may give up
 */
export async function prepareRecords(
  deployment: Deployment,
  warehouse: Warehouse,
  { IntegrationId, HistoryMode }: { IntegrationId: string; HistoryMode: string },
): Promise<void> {
  const target = await waitForIntegration(deployment, warehouse, IntegrationId)
  if (target !== '') return
  const there = `SELECT database_name FROM svv_redshift_databases WHERE database_name = '${database}'`
  if ((await ask(deployment, warehouse, there)).length === 0) return
  if (HistoryMode === 'true') {
    throw new Error(
      `The database ${database} has the history of an earlier integration, and ends there. Copy what you want to keep, DROP DATABASE ${database}, and deploy again.`,
    )
  }
  deployment.say(`  ${database} belongs to an earlier integration: making it anew.`)
  await execute(deployment, warehouse, `DROP DATABASE ${database}`)
}

/** @returns the integration's database, empty when it has none yet */
async function waitForIntegration(deployment: Deployment, warehouse: Warehouse, id: string): Promise<string> {
  const sql = `SELECT target_database FROM svv_integration WHERE integration_id = '${id}'`
  for (let looks = 0; looks < maxLooks; looks++) {
    const [row] = await ask(deployment, warehouse, sql)
    if (row) return row[0] ?? ''
    if (looks === 0) deployment.say('  Waiting for the integration to be active …')
    await setTimeout(deployment.pollMs)
  }
  throw new Error(`Redshift does not know the integration ${id}. Is it active? Deploy again when it is.`)
}
