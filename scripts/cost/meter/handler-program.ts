/**
 * Started by `start-handler.ts`: calls the Lambda handler with each event that its parent sends, and answers with the time that the call
 * took.
 */
import { handler, type TriggerEvent } from '../../../processor/lambda.ts'

const timeoutMs = 110_000

process.on('message', async (event: TriggerEvent) => {
  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  try {
    await handler(event, {
      awsRequestId: 'cost',
      functionName: 'processor',
      getRemainingTimeInMillis: () => timeoutMs - (performance.now() - startedAt),
    })
    const { user, system } = process.cpuUsage(cpu)
    process.send?.({ ms: performance.now() - startedAt, cpuMs: (user + system) / 1_000 })
  } catch (error) {
    process.send?.({ failure: String(error) })
  }
})
process.on('disconnect', () => process.exit())
process.send?.({})
