import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors } from '../aws/translate-errors.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'

export interface ReadyQuery {
  /** Only images made with another recipe. */
  recipe: string
  /** Only images of this generation. */
  generation?: string
  nowMs: number
  startAt?: Record<string, unknown>
}

/** `expiresAt`: epoch seconds. */
export type ReadyImage = ImageRef & Pick<ImageRecord, 'expiresAt'>

export interface ReadyPage {
  images: ReadyImage[]
  /** Number of records read for this page. */
  scannedCount: number
  /** DynamoDB read units that the page consumed. */
  readUnits: number
  /** Start of the next page; undefined at the end of the table. */
  next?: Record<string, unknown>
}

/** About 25 read units, which is little compared to any sensible rate limit. */
const recordsPerPage = 100

/**
 * Creates a function that scans the whole table page by page. It is for commands of the operator, never for a request. It throws
 * DependencyUnavailable (a retry can help).
 */
export function createScanReady(client: DocumentClient, TableName: string) {
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
