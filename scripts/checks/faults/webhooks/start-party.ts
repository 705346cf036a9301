import type { FaultRun } from '../run-fault.ts'
import type { Party } from './deliver-load.ts'
import { type ReceiverOptions, startReceiver } from './start-receiver.ts'

/** Starts the receiver of a tenant, which stops with the run. */
export async function startParty(run: FaultRun, tenant: string, options?: ReceiverOptions): Promise<Party> {
  const receiver = await startReceiver(options)
  run.onStop(receiver.stop)
  return { tenant, receiver }
}
