import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { translateErrors } from '../aws/translate-errors.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'

export interface ReadyQuery {
  /** Only what another recipe has made. */
  recipe: string
  /** Only of this generation. */
  generation?: string
  nowMs: number
  startAt?: Record<string, unknown>
}

/** `expiresAt`: epoch seconds. */
export type ReadyImage = ImageRef & Pick<ImageRecord, 'expiresAt'>

export interface ReadyPage {
  images: ReadyImage[]
  /** Records that were read for it. */
  scannedCount: number
  /** Read units that it has cost. */
  readUnits: number
  /** Where the next page begins; undefined at the end of the table. */
  next?: Record<string, unknown>
}

/** So many records are some 25 read units: a page is a small bite of any limit in rate. */
const recordsPerPage = 100

/**
 * Makes the function that reads the whole table, page by page, whatever is asked: for a command of an operator, never for a
 * request. It throws DependencyUnavailable (a retry can help).
 */
export function createScanReady(client: DynamoDBDocumentClient, TableName: string) {
  return async function scanReady({ startAt, ...query }: ReadyQuery): Promise<ReadyPage> {
    const command = new ScanCommand({
      TableName,
      Limit: recordsPerPage,
      ExclusiveStartKey: startAt,
      ReturnConsumedCapacity: 'TOTAL',
      ProjectionExpression: 'tenant, imageId, generation, expiresAt',
      ...filterOf(query),
    })
    const {
      Items = [],
      ScannedCount = 0,
      ConsumedCapacity,
      LastEvaluatedKey,
    } = await translateErrors(client.send(command))
    return {
      images: Items as ReadyImage[],
      scannedCount: ScannedCount,
      readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
      next: LastEvaluatedKey,
    }
  }
}

function filterOf({ recipe, generation, nowMs }: Omit<ReadyQuery, 'startAt'>) {
  const filters = [
    '#status = :ready',
    'expiresAt > :now',
    '(attribute_not_exists(recipe) OR recipe <> :recipe)',
    ...(generation ? ['generation = :generation'] : []),
  ]
  return {
    FilterExpression: filters.join(' AND '),
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':ready': 'ready',
      ':now': Math.floor(nowMs / 1000),
      ':recipe': recipe,
      ...(generation && { ':generation': generation }),
    },
  }
}
