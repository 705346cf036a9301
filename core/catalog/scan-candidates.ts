import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors } from '../aws/translate-errors.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'

/**
 * Which images to process again: those that were rejected as `processing_failed`, or ready images that were made with another recipe than
 * the current one.
 */
export type Criterion = 'failed' | { outdatedFor: string }

export interface ScanQuery {
  criterion: Criterion
  /** Only images of this generation. */
  generation?: string
  nowMs: number
  startAt?: Record<string, unknown>
}

/** `expiresAt`: epoch seconds. */
export type Candidate = ImageRef & Pick<ImageRecord, 'expiresAt'>

export interface ScannedPage {
  images: Candidate[]
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
export function createScanCandidates(client: DocumentClient, TableName: string) {
  return async function scanCandidates({ startAt, ...query }: ScanQuery): Promise<ScannedPage> {
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
      images: Items as Candidate[],
      scannedCount: ScannedCount,
      readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
      next: LastEvaluatedKey,
    }
  }
}

function filterOf({ criterion, generation, nowMs }: Omit<ScanQuery, 'startAt'>) {
  const { filter, names, values } = conditionOf(criterion)
  return {
    FilterExpression: [
      '#status = :status',
      filter,
      'expiresAt > :now',
      ...(generation ? ['generation = :generation'] : []),
    ].join(' AND '),
    ExpressionAttributeNames: { '#status': 'status', ...names },
    ExpressionAttributeValues: {
      ':status': statusOf(criterion),
      ...values,
      ':now': Math.floor(nowMs / 1000),
      ...(generation && { ':generation': generation }),
    },
  }
}

interface Condition {
  filter: string
  names: Record<string, string>
  values: Record<string, string>
}

function conditionOf(criterion: Criterion): Condition {
  if (criterion === 'failed') {
    return {
      filter: '#rejection.#reason = :reason',
      names: { '#rejection': 'rejection', '#reason': 'reason' },
      values: { ':reason': 'processing_failed' },
    }
  }
  return {
    filter: '(attribute_not_exists(recipe) OR recipe <> :recipe)',
    names: {},
    values: { ':recipe': criterion.outdatedFor },
  }
}

export const statusOf = (criterion: Criterion) => (criterion === 'failed' ? 'rejected' : 'ready')

/** The same criterion as the filter, for a record that has the required status. */
export function meets(criterion: Criterion, { recipe, rejection }: ImageRecord): boolean {
  if (criterion === 'failed') return rejection?.reason === 'processing_failed'
  return recipe !== criterion.outdatedFor
}
