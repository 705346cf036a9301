import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { GatewayMetrics } from './create-metrics.ts'

/** Times every call of the SDK's client. */
export function measureDynamoDb(client: DynamoDBClient, metrics: GatewayMetrics): void {
  const observe = observeDynamoDbCall(metrics)
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '')
        const startedAt = performance.now()
        const report = (error?: Error) =>
          observe({ operation, error, durationMs: performance.now() - startedAt })
        try {
          const result = await next(args)
          report()
          return result
        } catch (error) {
          report(error as Error)
          throw error
        }
      },
    { step: 'initialize', name: 'measure' },
  )
}

/** Creates the function that counts one call. A failed condition has its own outcome and is not an error. */
export function observeDynamoDbCall({ dynamoDbSeconds }: GatewayMetrics) {
  return (call: { operation: string; error: Error | undefined; durationMs: number }): void => {
    const { operation, error, durationMs } = call
    dynamoDbSeconds.observe({ operation, outcome: outcomeOf(error) }, durationMs / 1_000)
  }
}

function outcomeOf(error: Error | undefined): string {
  if (!error) return 'ok'
  return error.name === 'ConditionalCheckFailedException' ? 'condition_failed' : 'error'
}
