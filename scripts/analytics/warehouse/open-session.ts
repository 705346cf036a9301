import { abortOnSignal } from '../../../openapi/packages/cli/src/abort-on-signal.ts'
import { checkEnvironmentName } from './check-environment-name.ts'
import { openRedshift } from './open-redshift.ts'
import { openWarehouse } from './open-warehouse.ts'
import type { Session } from './session.ts'

const pollMs = 250

/**
 * Opens the warehouse of an environment, or that of the system that `npm start` runs here.
 * Ctrl-C cancels a statement that runs on Redshift.
 * @throws Error when the name cannot be that of an environment, or when no system is running
 */
export async function openSession(env: string | undefined): Promise<Session> {
  if (env === undefined) return openWarehouse()
  checkEnvironmentName(env)
  // Loaded only here, because the clients take a third of a second.
  const { connectAws } = await import('../../deploy/connect-aws.ts')
  const aws = connectAws()
  const { signal } = abortOnSignal()
  return openRedshift({ env, aws, pollMs, close: aws.close, signal })
}
