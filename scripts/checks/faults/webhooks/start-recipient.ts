import type { FaultRun } from '../run-fault.ts'
import type { Recipient } from './deliver-load.ts'
import { type ReceiverOptions, startReceiver } from './start-receiver.ts'

/** Starts the receiver of a tenant, which stops with the run. */
export async function startRecipient(
  run: FaultRun,
  tenant: string,
  options?: ReceiverOptions,
): Promise<Recipient> {
  const receiver = await startReceiver(options)
  run.onStop(receiver.stop)
  return { tenant, receiver }
}
