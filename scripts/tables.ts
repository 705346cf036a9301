/** `npm run tables`: creates the DynamoDB tables where CloudFormation does not. */
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createApiKeyTable } from '../core/api-keys/key-table.ts'
import { dynamoDbClientOptions } from '../core/aws/aws-client-options.ts'
import { createCatalogTable } from '../core/catalog/create-catalog-table.ts'
import { createWebhookTable } from '../core/webhooks/webhook-store.ts'
import { readTablesConfig } from './config.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run tables

  Creates the table of image records, the table of API keys and, if WEBHOOKS_TABLE is set, the table of webhooks, with their
  indexes and TTL, unless they exist. Records stay as they are. Capacity is on demand. Set up encryption, backups and deletion protection yourself, or deploy the tables with
  deploy/metadata.yaml.

  The environment has the settings of the gateway: CATALOG_TABLE, KEYS_TABLE and WEBHOOKS_TABLE name the tables, AWS_REGION (us-east-1) and
  DYNAMODB_ENDPOINT (empty: AWS) say where, and the AWS SDK finds the credentials.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { CATALOG_TABLE, KEYS_TABLE, WEBHOOKS_TABLE, ...config } = readTablesConfig()
  const client = new DynamoDBClient(dynamoDbClientOptions({ ...config, S3_ENDPOINT: '' }))
  try {
    report(CATALOG_TABLE, await createCatalogTable(client, CATALOG_TABLE))
    report(KEYS_TABLE, await createApiKeyTable(client, KEYS_TABLE))
    if (WEBHOOKS_TABLE) report(WEBHOOKS_TABLE, await createWebhookTable(client, WEBHOOKS_TABLE))
  } finally {
    client.destroy()
  }
  return 0
}

function report(table: string, isNew: boolean): void {
  console.log(`${table}: ${isNew ? 'created' : 'exists'}`)
}
