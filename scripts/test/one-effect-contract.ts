import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import type { Test } from 'tap'
import { topics } from '../../core/events/image-events.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import { startConsumer } from '../../core/kafka/consumer.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { uploadImage } from '../../openapi/packages/client/src/upload-image.ts'
import type { InProcessSystem } from '../local/start-in-process.ts'
import { handleOneByOne } from '../testkit/kafka/handle-one-by-one.ts'
import { pollUntil } from '../testkit/poll-until.ts'

/** Contract: concurrent uploads of one image have the same effect as a single upload. */
export async function testOneEffect(t: Test, system: InProcessSystem): Promise<void> {
  const events: ImageEvent[] = []
  const consumer = startConsumer(system.kafka, {
    groupId: randomUUID(),
    topics: [topics.processed, topics.rejected].map((topic) => system.topicPrefix + topic),
    concurrency: 1,
    handleBatch: handleOneByOne(async ({ value }) => void events.push(JSON.parse(String(value)))),
    logger: createLogger('test', 'silent'),
  })
  t.teardown(consumer.close)

  const file = await makeImage(1)
  const images = await Promise.all(Array.from({ length: 200 }, () => uploadImage(file, system)))

  t.strictSame(new Set(images.map(({ status }) => status)), new Set(['ready']))
  t.equal(new Set(images.map(({ imageId }) => imageId)).size, 1)
  t.equal(await system.countRecords(), 1)
  t.equal((await system.listRaw()).length, 1)
  const imageId = images[0]?.imageId ?? ''
  const made = await system.listProcessed()
  t.strictSame(
    made.map((key) => key.split('/').at(-1)).sort(),
    [`${imageId}.json`, 'large.webp', 'medium.webp', 'thumb.webp'].sort(),
  )

  // An unexpected second event of the first image would arrive before the event of this later image.
  const last = await uploadImage(await makeImage(2), system)
  await pollUntil(() => events.some(({ subject }) => subject === last.imageId))
  // On a busy machine a late acknowledgement can repeat the same event. A different second event is a fault.
  const ends = events.filter(({ subject }) => subject === imageId)
  t.equal(new Set(ends.map(({ source, id }) => `${source} ${id}`)).size, 1)
  t.strictSame(new Set(ends.map(({ type }) => type)), new Set(['hashgate.image.processed.v1']))
}

async function makeImage(seed: number): Promise<Blob> {
  const create = { width: 640, height: 480, channels: 3, background: { r: seed, g: 90, b: 160 } } as const
  const bytes = await sharp({ create }).jpeg().toBuffer()
  return new Blob([bytes], { type: 'image/jpeg' })
}
