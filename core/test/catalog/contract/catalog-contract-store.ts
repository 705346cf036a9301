import { randomBytes } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../../../aws/document-client.ts'
import { type Catalog, createCatalog } from '../../../catalog/catalog.ts'
import type { Claim } from '../../../catalog/image-claims.ts'
import type { ImageResult, ReadyResult } from '../../../catalog/image-result.ts'
import { imageEvent, topics } from '../../../events/image-events.ts'
import type { ImageEvent } from '../../../images/image-event.ts'
import { type ImageRecord, type UploadRequest, withNextSequence } from '../../../images/image-record.ts'

export interface CatalogStore {
  client: DynamoDBClient
  documents: DocumentClient
  tableName: string
}

export const dayMs = 86_400_000
export const retentionSeconds = 7 * 86_400
export const leaseMs = 60_000

/** A catalog with its own clock. The clock starts at the real time, so that a store with TTL deletes nothing. */
export function openCatalog(
  { documents, tableName }: Pick<CatalogStore, 'documents' | 'tableName'>,
  clock = { now: Date.now() },
) {
  const catalog = createCatalog(documents, { tableName, retentionSeconds, now: () => clock.now })
  return { catalog, clock }
}

/** An upload request for a random image. */
export function someUpload(declared: Partial<UploadRequest> = {}): UploadRequest {
  const imageId = randomBytes(32).toString('hex')
  return { tenant: 'local', imageId, byteLength: 1_234, contentType: 'image/png', ...declared }
}

/** Registers an image and claims it for `owner`. */
export async function registerAndClaim(catalog: Catalog, owner: string): Promise<ImageRecord> {
  const { record } = await catalog.register(someUpload())
  return claimed(await catalog.claim(record, owner, leaseMs))
}

export function claimed(claim: Claim): ImageRecord {
  if (claim.outcome !== 'claimed') throw new Error(`The outcome of the claim is ${claim.outcome}.`)
  return claim.record
}

export const readyResult: ReadyResult = {
  status: 'ready',
  recipe: '5f0c9b1d7a3e8264',
  image: {
    format: 'png',
    width: 3,
    height: 2,
    placeholder: '3OcRJYB4d3h/iIeHeEh3eIhw+j2w',
    dominantColor: '#0a0b0c',
    variants: [],
  },
}

export const rejectedResult: ImageResult = {
  status: 'rejected',
  rejection: { reason: 'image_corrupt', detail: 'It is cut off.' },
}

/** The record that the holder has after writing the result. */
export function finishedAs(held: ImageRecord, result: ImageResult = readyResult): ImageRecord {
  return { ...held, ...result, pendingEvents: [processedEvent(held)] }
}

export function processedEvent(record: ImageRecord): ImageEvent {
  return imageEvent(topics.processed, withNextSequence(record), { source: '/hashgate/test', nowMs: 0 })
}

/** The stored item, each attribute with its DynamoDB type: `{ attempts: { N: '0' } }`. */
export async function readItem(
  { client, tableName }: CatalogStore,
  { tenant, imageId }: Pick<ImageRecord, 'tenant' | 'imageId'>,
) {
  const Key = { pk: { S: `${tenant}#${imageId}` } }
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))
  return Item
}

/** The store, but each update first runs `overtake`, which simulates a concurrent change. */
export function beforeUpdates({ documents, tableName }: CatalogStore, overtake: () => Promise<unknown>) {
  const send = async (command: unknown) => {
    if (command instanceof UpdateCommand) await overtake()
    return documents.send(command as UpdateCommand)
  }
  return { documents: { send } as DocumentClient, tableName }
}
