import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import type { DocumentClient } from '../../aws/document-client.ts'
import { createDeliveryLog } from '../../webhooks/delivery-log.ts'

t.test('a DynamoDB that keeps throttling is reported as unavailable after four requests', async (t) => {
  let reads = 0
  const send = async (command: { input: BatchGetCommand['input'] }) => {
    if (!(command instanceof BatchGetCommand))
      return { Items: [{ pk: 'whe_1#event', sk: 'delivery', logPosition: '1' }] }
    reads += 1
    return { Responses: {}, UnprocessedKeys: command.input.RequestItems }
  }
  const { listLog } = createDeliveryLog({ send } as unknown as DocumentClient, 'webhooks', () => 0)
  const listed = listLog('whe_1', { order: 'newest', limit: 10 })
  await t.rejects(listed, { name: 'DependencyUnavailable', dependency: 'webhooks' })
  t.equal(reads, 4)
})
