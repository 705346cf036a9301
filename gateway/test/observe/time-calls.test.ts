import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { createApiKeyTable } from '../../../core/api-keys/key-table.ts'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { createMetrics } from '../../observe/create-metrics.ts'
import { measureDynamoDb } from '../../observe/measure-dynamodb.ts'
import { timeMethod, timeOutcome } from '../../observe/time-calls.ts'

t.test('calls are timed by outcome, and their outcome is unchanged', async (t) => {
  const { kafkaSeconds, presignSeconds, registry } = createMetrics()
  const publish = timeOutcome(kafkaSeconds, async (value: number) => {
    if (value < 0) throw new Error('no')
    return value
  })
  const presign = timeMethod(presignSeconds, 'PUT', async (key: string) => `url of ${key}`)
  t.equal(await publish(1), 1)
  await t.rejects(publish(-1), { message: 'no' })
  t.equal(await presign('a'), 'url of a')
  const text = await registry.metrics()
  t.match(text, /^hashgate_kafka_publish_duration_seconds_count{outcome="ok"} 1$/m)
  t.match(text, /^hashgate_kafka_publish_duration_seconds_count{outcome="error"} 1$/m)
  t.match(text, /^hashgate_presign_duration_seconds_count{method="PUT"} 1$/m)
})

t.test('DynamoDB calls are timed by operation and outcome', async (t) => {
  const { client } = await startTestDynamoDb(t)
  const metrics = createMetrics()
  await createApiKeyTable(client, 'keys')
  measureDynamoDb(client, metrics)
  const put = new PutItemCommand({
    TableName: 'keys',
    Item: { keyId: { S: 'a' } },
    ConditionExpression: 'attribute_not_exists(keyId)',
  })
  await client.send(put)
  await t.rejects(client.send(put), { name: 'ConditionalCheckFailedException' })
  await t.rejects(client.send(new GetItemCommand({ TableName: 'missing', Key: { keyId: { S: 'a' } } })))
  const text = await metrics.registry.metrics()
  const count = (operation: string, outcome: string) =>
    `hashgate_dynamodb_request_duration_seconds_count{operation="${operation}",outcome="${outcome}"} 1`
  t.match(text, count('PutItem', 'ok'))
  t.match(text, count('PutItem', 'condition_failed'))
  t.match(text, count('GetItem', 'error'))
})
