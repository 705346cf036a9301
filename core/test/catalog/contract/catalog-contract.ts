import { randomUUID } from 'node:crypto'
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import { documentClientOptions, dynamoDbClientOptions } from '../../../aws/aws-client-options.ts'
import { createDocumentClient } from '../../../aws/document-client.ts'
import { createCatalogTable } from '../../../catalog/create-catalog-table.ts'
import { testCandidates } from './catalog-contract-candidates.ts'
import { testClaims } from './catalog-contract-claims.ts'
import { testDay } from './catalog-contract-day.ts'
import { testExpiry } from './catalog-contract-expiry.ts'
import { testLeases } from './catalog-contract-leases.ts'
import { testOutbox } from './catalog-contract-outbox.ts'
import { testRedeclaring } from './catalog-contract-redeclaring.ts'
import { testRegistering } from './catalog-contract-registering.ts'
import { testReprocess } from './catalog-contract-reprocess.ts'
import { testSequence } from './catalog-contract-sequence.ts'
import type { CatalogStore } from './catalog-contract-store.ts'
import { testUnfinished } from './catalog-contract-unfinished.ts'

export interface CatalogContractOptions {
  /** Shown in the test names. */
  name: string
  /** Empty: AWS. */
  endpoint: string
  region: string
  /** Absent: the default provider chain of the SDK. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
  /** The suite creates the table `‹prefix›-‹uuid›` and deletes it at the end. */
  tablePrefix?: string
}

type Connect = (t: Test, client: DynamoDBClient) => CatalogStore['documents']

/** Ours, and the SDK's as its reference. */
const documentClients: Record<string, Connect> = {
  'our document client': (t, client) => {
    const documents = createDocumentClient(client)
    t.teardown(documents.close)
    return documents
  },
  "the SDK's document client": (_t, client) => DynamoDBDocumentClient.from(client, documentClientOptions),
}

/** Tests the catalog against any DynamoDB endpoint, with both clients, each in a new table. */
export async function testCatalogContract(t: Test, options: CatalogContractOptions): Promise<void> {
  for (const [clientName, connect] of Object.entries(documentClients)) {
    await testWith(t, `catalog contract: ${options.name}, ${clientName}`, options, connect)
  }
}

async function testWith(
  t: Test,
  name: string,
  options: CatalogContractOptions,
  connect: Connect,
): Promise<void> {
  await t.test(name, async (t) => {
    const store = await createStore(t, options, connect)
    await testRegistering(t, store)
    await testRedeclaring(t, store)
    await testExpiry(t, store)
    await testLeases(t, store)
    await testClaims(t, store)
    await testReprocess(t, store)
    await testSequence(t, store)
    await testOutbox(t, store)
    await testUnfinished(t, store)
    await testDay(t, store)
    await testCandidates(t, store)
  })
}

async function createStore(
  t: Test,
  options: CatalogContractOptions,
  connect: Connect,
): Promise<CatalogStore> {
  const { endpoint, region, credentials, tablePrefix = 'catalog' } = options
  const client = new DynamoDBClient({
    ...dynamoDbClientOptions({ AWS_REGION: region, DYNAMODB_ENDPOINT: endpoint, S3_ENDPOINT: '' }),
    ...(credentials && { credentials }),
  })
  const tableName = `${tablePrefix}-${randomUUID()}`
  await createCatalogTable(client, tableName)
  await createCatalogTable(client, tableName) // an existing table is not changed
  t.teardown(async () => {
    await client.send(new DeleteTableCommand({ TableName: tableName }))
    client.destroy()
  })
  return { client, documents: connect(t, client), tableName }
}
