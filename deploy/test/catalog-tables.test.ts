import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { createApiKeyTable } from '../../core/api-keys/key-table.ts'
import { createCatalogTable } from '../../core/catalog/create-catalog-table.ts'
import { createWebhookTable } from '../../core/webhooks/webhook-store.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'

/** A DynamoDB double that records the requests that create or change tables. */
function noteTables() {
  const asked: Record<string, unknown> = {}
  const client = {
    config: {},
    send: async (command: { input: object }) => {
      if (command instanceof CreateTableCommand) Object.assign(asked, command.input)
      if (command instanceof UpdateTimeToLiveCommand) Object.assign(asked, command.input)
      return { Table: { TableStatus: 'ACTIVE' } }
    },
  }
  return { asked, client: client as unknown as DynamoDBClient }
}

t.test('TTL is enabled on an existing table that lacks it, and only there', async (t) => {
  for (const [TimeToLiveStatus, expected] of [
    ['DISABLED', { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }],
    ['ENABLED', {}],
    ['ENABLING', {}],
  ] as const) {
    const asked: Record<string, unknown> = {}
    const indexes = ['owing', 'unfinished', 'byDay'].map((IndexName) => ({ IndexName }))
    const send = async (command: { input: object }) => {
      if (command instanceof CreateTableCommand)
        throw new ResourceInUseException({ message: '', $metadata: {} })
      if (command instanceof UpdateTimeToLiveCommand) Object.assign(asked, command.input)
      return { TimeToLiveDescription: { TimeToLiveStatus }, Table: { GlobalSecondaryIndexes: indexes } }
    }
    await createCatalogTable({ send } as unknown as DynamoDBClient, 'images')
    t.match(asked, expected, TimeToLiveStatus)
    t.equal(Object.keys(asked).length > 0, TimeToLiveStatus === 'DISABLED')
  }
})

const byName = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b))

/** The properties of a table that both the code and the template define, in a fixed order. */
function shapeOf(table: Record<string, unknown>) {
  const {
    TableName,
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes,
    TimeToLiveSpecification,
    BillingMode,
  } = table
  return {
    TableName,
    KeySchema,
    BillingMode,
    TimeToLiveSpecification,
    AttributeDefinitions: (AttributeDefinitions as object[]).toSorted(byName),
    GlobalSecondaryIndexes: (GlobalSecondaryIndexes as object[] | undefined)?.toSorted(byName),
  }
}

for (const env of environments) {
  for (const [name, table, create] of [
    ['CatalogTable', `hashgate-${env}-catalog`, createCatalogTable],
    ['KeysTable', `hashgate-${env}-keys`, createApiKeyTable],
    ['WebhooksTable', `hashgate-${env}-webhooks`, createWebhookTable],
  ] as const) {
    t.test(`${env}: ${name} matches the table that the code creates`, async (t) => {
      const { asked, client } = noteTables()
      await create(client, table)
      t.same(shapeOf(modelResource(modelEnvironment(env), 'metadata', name)), shapeOf(asked))
    })
  }
}
