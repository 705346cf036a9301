import { ConditionalCheckFailedException, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { DependencyUnavailable, LeaseUnavailable, type RejectionReason } from './errors.ts'
import type { ImageEvent } from './events.ts'
import {
  type ImageRecord,
  isExpired,
  isFinal,
  newRecord,
  type ProcessedImage,
  type UploadRequest,
} from './image-record.ts'
import type { ImageRef } from './object-key.ts'

/** What became of the wish to work on an image. */
export type Claim =
  | { outcome: 'claimed'; record: ImageRecord }
  /** Final, and nothing is owed: somebody has done it. */
  | { outcome: 'finished'; record: ImageRecord }
  /** Another worker holds the lease. */
  | { outcome: 'busy' }
  /** No record, expired, or of another generation: the trigger speaks of a life that is over. */
  | { outcome: 'gone' }

export type ImageResult =
  | { status: 'ready'; image: ProcessedImage }
  | { status: 'rejected'; rejection: { reason: RejectionReason; detail: string } }

interface CatalogOptions {
  tableName: string
  /** How long an image may live. */
  retentionSeconds: number
  /** Epoch milliseconds. */
  now: () => number
}

export type Catalog = ReturnType<typeof createCatalog>

const keyOf = ({ tenant, imageId }: Pick<ImageRef, 'tenant' | 'imageId'>) => ({ pk: `${tenant}#${imageId}` })

/**
 * The records of all images, in DynamoDB. Every change is one conditional write, so gateways and processors of any
 * number agree. Expired records count as absent everywhere.
 *
 * All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB does not answer, throttles or fails.
 */
export function createCatalog(client: DynamoDBDocumentClient, options: CatalogOptions) {
  const { tableName: TableName, retentionSeconds, now } = options

  async function find(tenant: string, imageId: string): Promise<ImageRecord | undefined> {
    const { Item } = await reached(
      client.send(new GetCommand({ TableName, Key: keyOf({ tenant, imageId }), ConsistentRead: true })),
    )
    return toLiveRecord(Item, now())
  }

  /**
   * Creates the record of an image, or returns the one that lives already; `created` tells which.
   * A pending record takes over what the newer request declares: the earlier one may have been mistaken.
   */
  async function register(request: UploadRequest): Promise<{ created: boolean; record: ImageRecord }> {
    const record = newRecord(request, now(), retentionSeconds)
    const existing = await putUnlessAlive(record)
    if (!existing) return { created: true, record }
    if (existing.status !== 'pending' || declaresTheSame(existing, request)) {
      return { created: false, record: existing }
    }
    return { created: false, record: await redeclare(existing, request) }
  }

  /** Returns the living record that is in the way, or undefined when `record` has been written. */
  async function putUnlessAlive(record: ImageRecord): Promise<ImageRecord | undefined> {
    const written = await conditional(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...keyOf(record), ...record },
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: { ':now': Math.floor(now() / 1000) },
        }),
      ),
    )
    if (written) return undefined
    // A record that expired between the write and this read is as good as a fresh one that is not there yet.
    const existing = await find(record.tenant, record.imageId)
    if (!existing)
      throw new DependencyUnavailable('catalog', new Error('record vanished while it was registered'))
    return existing
  }

  async function redeclare(record: ImageRecord, request: UploadRequest): Promise<ImageRecord> {
    const { byteLength, contentType, fileName } = request
    const updated = await conditional(
      update(record, {
        set: { byteLength, contentType, fileName },
        condition: '#status = :pending',
        values: { ':pending': 'pending' },
      }),
    )
    return toLiveRecord(updated?.Attributes, now()) ?? (await find(record.tenant, record.imageId)) ?? record
  }

  /**
   * Takes the lease of an image for one worker. A lease whose time is over can be taken by anybody.
   * A final record is claimed only when it still owes its event.
   */
  async function claim(ref: ImageRef, owner: string, leaseMs: number): Promise<Claim> {
    const seen = await find(ref.tenant, ref.imageId)
    if (seen?.generation !== ref.generation) return { outcome: 'gone' }
    if (isFinal(seen) && !seen.owedEvent) return { outcome: 'finished', record: seen }
    if ((seen.leaseUntil ?? 0) > now()) return { outcome: 'busy' }
    const updated = await conditional(
      update(seen, {
        set: {
          status: isFinal(seen) ? seen.status : 'processing',
          leaseOwner: owner,
          leaseUntil: now() + leaseMs,
          attempts: seen.attempts + 1,
        },
        condition: `#status = :seenStatus AND attempts = :seenAttempts${isFinal(seen) ? ' AND attribute_exists(owedEvent)' : ''}`,
        values: { ':seenStatus': seen.status, ':seenAttempts': seen.attempts },
      }),
    )
    const record = toLiveRecord(updated?.Attributes, now())
    return record ? { outcome: 'claimed', record } : { outcome: 'busy' }
  }

  /** Writes the final status together with the event that it owes. @throws LeaseUnavailable when the lease was lost */
  async function finish(
    ref: ImageRef,
    owner: string,
    result: ImageResult,
    owedEvent: ImageEvent,
  ): Promise<void> {
    const finishedAt = new Date(now()).toISOString()
    await underLease(
      update(ref, { set: { ...result, finishedAt, owedEvent }, ...heldBy(owner, 'processing') }),
    )
  }

  /** The owed event is on its topic: the work is over, and the lease with it. @throws LeaseUnavailable */
  async function settle(ref: ImageRef, owner: string, status: ImageResult['status']): Promise<void> {
    const remove = ['owedEvent', 'leaseOwner', 'leaseUntil']
    await underLease(update(ref, { set: {}, remove, ...heldBy(owner, status) }))
  }

  /**
   * Gives an image back as it was before it was claimed, free for the next; the attempt does not count.
   * @param held the record as the holder knows it: `processing`, or final when only its event is still owed
   * @throws LeaseUnavailable
   */
  async function release(held: ImageRecord, owner: string): Promise<void> {
    const set = { status: isFinal(held) ? held.status : 'pending', attempts: held.attempts - 1 }
    const remove = ['leaseOwner', 'leaseUntil']
    await underLease(update(held, { set, remove, ...heldBy(owner, held.status) }))
  }

  /** Resolves when the table answers. */
  async function ping(signal?: AbortSignal): Promise<void> {
    await reached(client.send(new DescribeTableCommand({ TableName }), { abortSignal: signal }))
  }

  interface Change {
    set: Record<string, unknown>
    remove?: string[]
    condition: string
    values: Record<string, unknown>
  }

  function update(ref: ImageRef, { set, remove = [], condition, values }: Change) {
    const fields = Object.entries(set).filter(([, value]) => value !== undefined)
    const names = [...fields.map(([name]) => name), ...remove, 'status', 'generation']
    const setting = fields.map(([name]) => `#${name} = :${name}`).join(', ')
    const removing = remove.map((name) => `#${name}`).join(', ')
    return client.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(ref),
        UpdateExpression: `${setting && `SET ${setting}`} ${removing && `REMOVE ${removing}`}`,
        ConditionExpression: `#generation = :ofGeneration AND ${condition}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
          ...values,
          ':ofGeneration': ref.generation,
        },
        ReturnValues: 'ALL_NEW',
      }),
    )
  }

  return { find, register, claim, finish, settle, release, ping }
}

const heldBy = (owner: string, status: string) => ({
  condition: 'leaseOwner = :holder AND #status = :heldStatus',
  values: { ':holder': owner, ':heldStatus': status },
})

function declaresTheSame(record: ImageRecord, request: UploadRequest): boolean {
  return record.byteLength === request.byteLength && record.contentType === request.contentType
}

function toLiveRecord(item: Record<string, unknown> | undefined, nowMs: number): ImageRecord | undefined {
  if (!item) return undefined
  const { pk: _, ...record } = item as unknown as ImageRecord & { pk: string }
  return isExpired(record, nowMs) ? undefined : record
}

/** The answer, or undefined when the write's condition did not hold. */
async function conditional<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await reached(answer)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

async function underLease(answer: Promise<unknown>): Promise<void> {
  if (!(await conditional(answer))) throw new LeaseUnavailable('the lease was taken over by another worker')
}

async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || isOurMistake(error)) throw error
    throw new DependencyUnavailable('catalog', error)
  }
}

function isOurMistake(error: unknown): boolean {
  return error instanceof Error && ['ValidationException', 'SerializationException'].includes(error.name)
}
