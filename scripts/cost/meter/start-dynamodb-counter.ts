import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import {
  type AttributeValue,
  type ConsumedCapacity,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { countIndexWrites } from './count-index-writes.ts'
import { forwardRequest } from './forward-request.ts'
import type { StoredItem } from './index-entry.ts'

/** One write to a table and the writes to its indexes that it caused. */
export interface CountedWrite {
  operation: string
  /** Attributes that the write added, changed or removed; none if a condition did not hold. */
  changed: string[]
  /** Write units of the table: one per started kilobyte of the item. */
  units: number
  /** Writes by index. */
  indexes: Record<string, number>
}

interface WriteRequest {
  TableName?: string
  Item?: Record<string, AttributeValue>
  Key?: Record<string, AttributeValue>
}

const singleWrites = ['PutItem', 'UpdateItem', 'DeleteItem']
const reads = ['GetItem', 'BatchGetItem', 'Query', 'Scan']

/**
 * Starts an HTTP proxy in front of a DynamoDB that forwards every request, counts the reads of all tables, and counts the writes to one
 * table, one after the other. It changes bodies, so the DynamoDB must not check signatures, like the embedded one.
 * Writes of several items in one request are refused, because they would not be counted.
 */
export async function startDynamoDbCounter(client: DynamoDBClient, endpoint: string, TableName: string) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  const { KeySchema = [], GlobalSecondaryIndexes = [] } = Table ?? {}
  const inTurn = limitConcurrency(1)
  const writes: CountedWrite[] = []
  let readUnits = 0

  const server = createServer(async (incoming, response) => {
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '')
    const body = await buffer(incoming)
    if (/^(BatchWrite|Transact|Execute)/.test(operation)) return void response.writeHead(501).end()
    const written: WriteRequest = JSON.parse(String(body))
    const counting = Buffer.from(JSON.stringify({ ...written, ReturnConsumedCapacity: 'TOTAL' }))
    if (reads.includes(operation)) {
      readUnits += unitsOf(await forwardRequest(endpoint, incoming, counting, response))
      return
    }
    const isCounted = singleWrites.includes(operation) && written.TableName === TableName
    if (!isCounted) return void (await forwardRequest(endpoint, incoming, body, response))
    await inTurn(async () => {
      const key = keyOf(KeySchema, written)
      const before = await read(key)
      const answer = await forwardRequest(endpoint, incoming, counting, response)
      const after = await read(key)
      const indexes = GlobalSecondaryIndexes.map((index) => [
        index.IndexName,
        countIndexWrites(index, before, after),
      ])
      writes.push({
        operation,
        changed: changedAttributes(before, after),
        // A refused write costs a unit, which the response does not include.
        units: unitsOf(answer) || 1,
        indexes: Object.fromEntries(indexes),
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function read(Key: Record<string, AttributeValue>): Promise<StoredItem> {
    return (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns the writes since the last call. */
    take: (): CountedWrite[] => writes.splice(0),
    /** Returns the read units since the last call: half a unit per started 4 kB that is not read consistently. */
    takeReadUnits: (): number => {
      const units = readUnits
      readUnits = 0
      return units
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function unitsOf(answer: Buffer): number {
  const { ConsumedCapacity = [] }: { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] } = JSON.parse(
    String(answer),
  )
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

function keyOf(schema: KeySchemaElement[], { Key, Item = {} }: WriteRequest): Record<string, AttributeValue> {
  const names = schema.map(({ AttributeName = '' }) => AttributeName)
  return Key ?? Object.fromEntries(names.map((name) => [name, Item[name] as AttributeValue]))
}

function changedAttributes(before: StoredItem = {}, after: StoredItem = {}): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort()
}
