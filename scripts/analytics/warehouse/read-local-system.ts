import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { parseJson } from '../../../core/parse-json.ts'
import type { CatalogRow } from './create-warehouse.ts'
import type { Item } from './item-type.ts'
import { nameFields } from './name-fields.ts'

const manifestForm = /^manifests\/(day=\d{4}-\d\d-\d\d)\/[^/]+\/[^/]+\.json$/
const requestsInFlight = 32

/** All records of the table, expired ones included. */
export async function readRecords(dynamoDb: DynamoDBClient, TableName: string): Promise<CatalogRow[]> {
  const rows: CatalogRow[] = []
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await dynamoDb.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }))
    for (const { pk, ...item } of page.Items ?? []) rows.push({ pk: pk?.S ?? '', item })
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return rows
}

/**
 * Copies the manifests of a bucket into `‹directory›/manifests/day=…/all/manifests.json`, one per line. Leaves out a manifest that is not
 * valid JSON, as Spectrum does.
 * @returns the names of their fields, at any depth
 */
export async function copyManifests(s3: S3Client, Bucket: string, directory: string): Promise<string[]> {
  const limit = limitConcurrency(requestsInFlight)
  const days = new Map<string, string[]>()
  const fieldNames = new Set<string>()

  async function copy(Key: string): Promise<void> {
    const [, day] = manifestForm.exec(Key) ?? []
    const manifest = day && parseManifest(await readObject(s3, Bucket, Key))
    if (!day || !manifest) return
    for (const name of nameFields(manifest)) fieldNames.add(name)
    days.set(day, [...(days.get(day) ?? []), JSON.stringify(manifest)])
  }

  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'manifests/', ContinuationToken }))
    await Promise.all((page.Contents ?? []).map(({ Key = '' }) => limit(() => copy(Key))))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)

  for (const [day, lines] of days) {
    const folder = join(directory, 'manifests', day, 'all')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'manifests.json'), lines.join('\n'), { mode: 0o600 })
  }
  return [...fieldNames]
}

function parseManifest(text: string): object | undefined {
  try {
    const manifest = parseJson(text)
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined
  } catch {
    return undefined
  }
}

/** Reads an object; one that was deleted since it was listed is empty. */
async function readObject(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return (await Body?.transformToString()) ?? ''
  } catch (error) {
    if (error instanceof NoSuchKey) return ''
    throw error
  }
}
