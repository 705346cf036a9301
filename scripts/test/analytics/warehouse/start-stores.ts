import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { Item } from '../../../analytics/warehouse/item-type.ts'
import type { Stop } from '../../../local/backing.ts'
import { connectStores } from '../../../local/create-stores.ts'
import { writeLocalSettings } from '../../../local/local-settings.ts'
import { startStandIns } from '../../../local/start-stand-ins.ts'

/** Starts the stores of a local system without a gateway and a processor, and writes the `local.json` that refers to them. */
export async function startStores(t: Test) {
  const dataDirectory = t.testdir({})
  const stops: Stop[] = []
  const { environment } = await startStandIns(dataDirectory, (stop) => stops.push(stop))
  const { s3, dynamoDb, close } = connectStores(environment)
  const stop = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  t.teardown(async () => {
    close()
    await stop()
  })
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, DYNAMODB_ENDPOINT, KEYS_TABLE } = environment
  await writeLocalSettings(dataDirectory, {
    gateway: 'http://127.0.0.1:9',
    key: 'k',
    store: { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, DYNAMODB_ENDPOINT, KEYS_TABLE },
    processor: environment,
  })
  const putRecord = (Item: Item) =>
    dynamoDb.send(new PutItemCommand({ TableName: environment.CATALOG_TABLE, Item }))
  const putManifest = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: environment.PROCESSED_BUCKET, Key, Body }))
  return { dataDirectory, environment, putRecord, putManifest, stop }
}
