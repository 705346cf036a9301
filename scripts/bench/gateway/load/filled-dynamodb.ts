/** A program that serves dynalite with RECORDS image records in memory. */
import { hash } from 'node:crypto'
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { createCatalogTable } from '../../../../core/catalog/create-catalog-table.ts'
import { dayEntryOf } from '../../../../core/catalog/day-index.ts'
import { keyOf } from '../../../../core/catalog/image-items.ts'
import { indexEntry, sparseIndexes } from '../../../../core/catalog/sparse-indexes.ts'
import { newRecord } from '../../../../core/images/image-record.ts'
import { startLocalDynamoDb } from '../../../local/start-local-dynamodb.ts'
import { answerQuestions } from '../../answer-questions.ts'
import { credentials, table, tenant } from '../settings.ts'

/** The limit of BatchWriteItem. */
const batchSize = 25
const writers = 8
const records = Number(process.env.RECORDS)

const { endpoint } = await startLocalDynamoDb()
const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials })
await createCatalogTable(client, table)

function itemOf(index: number) {
  const request = {
    tenant,
    imageId: hash('sha256', `record ${index}`),
    byteLength: 348_712,
    contentType: 'image/jpeg',
  } as const
  const record = newRecord(request, Date.now(), 604_800)
  const entries = { ...indexEntry(sparseIndexes.unfinished, record, Date.now()), ...dayEntryOf(record) }
  return marshall({ ...keyOf(record), ...entries, ...record })
}

let written = 0
await Promise.all(
  Array.from({ length: writers }, async () => {
    while (written < records) {
      const count = Math.min(batchSize, records - written)
      const first = written
      written += count
      const puts = Array.from({ length: count }, (_, offset) => ({
        PutRequest: { Item: itemOf(first + offset) },
      }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }))
    }
  }),
)
client.destroy()
answerQuestions(endpoint, {})
