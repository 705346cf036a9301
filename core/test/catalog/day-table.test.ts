import type { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { createDayTable } from '../../catalog/day-table.ts'
import { newRecord } from '../../images/image-record.ts'
import { someUpload } from './contract/catalog-contract-store.ts'

const records = Array.from({ length: 3 }, () => newRecord(someUpload(), 0, 60))

/** A store that processes `perCall` keys per request and leaves the rest unprocessed. */
function openBusyTable(perCall: number) {
  let calls = 0
  const send = async ({ input }: BatchGetCommand) => {
    calls += 1
    const keys = input.RequestItems?.table?.Keys ?? []
    const rest = keys.slice(perCall)
    const found = records.filter(({ imageId }) =>
      keys.slice(0, perCall).some(({ pk }) => pk.endsWith(imageId)),
    )
    return { Responses: { table: found }, UnprocessedKeys: rest.length > 0 ? { table: { Keys: rest } } : {} }
  }
  const table = createDayTable({ send } as unknown as DynamoDBDocumentClient, 'table')
  return { table, countCalls: () => calls }
}

t.test('unprocessed keys are requested again', async (t) => {
  const { table, countCalls } = openBusyTable(1)
  t.strictSame(await table.readRecords(records), records)
  t.equal(countCalls(), 3)
})

t.test('the attempts are limited', async (t) => {
  const { table, countCalls } = openBusyTable(0)
  await t.rejects(table.readRecords(records), { name: 'DependencyUnavailable', dependency: 'catalog' })
  t.equal(countCalls(), 4)
})

t.test('no keys, no request', async (t) => {
  const { table, countCalls } = openBusyTable(0)
  t.strictSame(await table.readRecords([]), [])
  t.equal(countCalls(), 0)
})
