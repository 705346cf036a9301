import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { GatewayMetrics } from './create-metrics.ts'

/** Times every call of a client. A failed condition is an outcome of its own, not an error. */
export function measureDynamoDb(client: DynamoDBClient, { dynamoDbSeconds }: GatewayMetrics): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '')
        const stop = dynamoDbSeconds.startTimer({ operation })
        try {
          const result = await next(args)
          stop({ outcome: 'ok' })
          return result
        } catch (error) {
          const isConditionFailed = (error as Error).name === 'ConditionalCheckFailedException'
          stop({ outcome: isConditionFailed ? 'condition_failed' : 'error' })
          throw error
        }
      },
    { step: 'initialize', name: 'measure' },
  )
}
