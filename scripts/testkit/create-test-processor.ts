import { createHash } from 'node:crypto'
import type { Test } from 'tap'
import { createCatalog } from '../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../core/catalog/create-catalog-table.ts'
import type { AcceptedContentType } from '../../core/images/formats.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { type ImageRef, rawKey } from '../../core/images/object-key.ts'
import { hashRecipe } from '../../core/images/recipe.ts'
import { variants } from '../../core/images/variants.ts'
import type { ProcessorDeps } from '../../processor/pipeline/stages.ts'
import { createMemoryBucket } from './create-memory-bucket.ts'
import { createMemoryEventBus } from './create-memory-event-bus.ts'
import { createTestClock } from './create-test-clock.ts'
import { startTestDynamoDb } from './start-test-dynamodb.ts'
import { testLimits } from './test-limits.ts'

export type TestProcessor = Awaited<ReturnType<typeof createTestProcessor>>

const startMs = Date.UTC(2026, 10, 22, 10)

/** The real catalog on an embedded DynamoDB, with buckets, event bus and clock in memory. Ends with the test. */
export async function createTestProcessor(t: Pick<Test, 'teardown'>) {
  const { client, documents } = await startTestDynamoDb(t)
  await createCatalogTable(client, 'images')

  const clock = createTestClock(startMs)
  const { now, timers } = clock
  const catalog = createCatalog(documents, {
    tableName: 'images',
    retentionSeconds: 7 * 86_400,
    now,
  })
  const rawBucket = createMemoryBucket()
  const processedBucket = createMemoryBucket()
  const eventBus = createMemoryEventBus()
  const deps = {
    catalog,
    rawBucket,
    processedBucket,
    eventBus,
    variants,
    recipe: hashRecipe(variants, { keepLocation: false }),
    heic: true as boolean,
    keepLocation: false,
    limits: testLimits,
    now,
    timers,
  } satisfies ProcessorDeps

  /** Registers the bytes as the gateway would; nothing is uploaded yet. */
  async function register(bytes: Buffer, contentType: AcceptedContentType, imageId = sha256(bytes)) {
    const { record } = await catalog.register({
      tenant: 'local',
      imageId,
      byteLength: bytes.length,
      contentType,
    })
    return refOf(record)
  }

  /** Registers the bytes and puts them into the raw bucket. */
  async function upload(bytes: Buffer, contentType: AcceptedContentType, imageId = sha256(bytes)) {
    const image = await register(bytes, contentType, imageId)
    rawBucket.objects.set(rawKey(image), { bytes, contentType })
    return image
  }

  const find = (image: ImageRef) => catalog.find(image.tenant, image.imageId)
  const eventsOf = (image: ImageRef) =>
    eventBus.published.filter(({ data }) => data.imageId === image.imageId).map(({ type }) => type)

  return {
    deps,
    clock,
    client,
    catalog,
    rawBucket,
    processedBucket,
    eventBus,
    register,
    upload,
    find,
    eventsOf,
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function refOf({ tenant, imageId, generation }: ImageRecord): ImageRef {
  return { tenant, imageId, generation }
}
