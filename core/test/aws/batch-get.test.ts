import type { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { batchGet } from '../../aws/batch-get.ts'
import type { DocumentClient } from '../../aws/document-client.ts'

const keys = ['a', 'b', 'c'].map((pk) => ({ pk }))

/** A DynamoDB that processes `perCall` keys per request, leaves the rest unprocessed, and has an item for each key. */
function busyDynamoDb(perCall: number) {
  let calls = 0
  const send = async ({ input }: BatchGetCommand) => {
    calls += 1
    const requested = input.RequestItems?.table?.Keys ?? []
    const rest = requested.slice(perCall)
    return {
      Responses: { table: requested.slice(0, perCall) },
      UnprocessedKeys: rest.length > 0 ? { table: { Keys: rest } } : {},
    }
  }
  return { client: { send } as unknown as DocumentClient, countCalls: () => calls }
}

t.test('unprocessed keys are requested again', async (t) => {
  const { client, countCalls } = busyDynamoDb(1)
  t.strictSame(await batchGet(client, 'table', keys), keys)
  t.equal(countCalls(), 3)
})

t.test('the attempts are limited', async (t) => {
  const { client, countCalls } = busyDynamoDb(0)
  const unavailable = { name: 'DependencyUnavailable', dependency: 'webhooks' }
  await t.rejects(batchGet(client, 'table', keys, 'webhooks'), unavailable)
  t.equal(countCalls(), 4)
})

t.test('without keys, no request is sent', async (t) => {
  const { client, countCalls } = busyDynamoDb(0)
  t.strictSame(await batchGet(client, 'table', []), [])
  t.equal(countCalls(), 0)
})
