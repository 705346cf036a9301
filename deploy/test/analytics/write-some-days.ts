import { ScanCommand } from '@aws-sdk/client-dynamodb'
import sharp from 'sharp'
import type { Test } from 'tap'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import type { ProcessedImage } from '../../../core/images/image-record.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { processImage } from '../../../processor/pipeline/process-image.ts'
import type { UnpublishedRecord } from '../../../processor/pipeline/stages.ts'
import { storeManifest } from '../../../processor/pipeline/steps/store-manifest.ts'
import type { Item } from '../../../scripts/analytics/warehouse/item-type.ts'
import { writeParquetDays } from '../../../scripts/testkit/compaction/write-parquet-days.ts'
import { createTestProcessor, sha256 } from '../../../scripts/testkit/create-test-processor.ts'
import { nameFields } from './name-fields.ts'

const dayMs = 86_400_000

/** An image whose record has every optional field. */
const fullImage: ProcessedImage & Record<string, unknown> = {
  format: 'jpeg',
  width: 4_000,
  height: 3_000,
  colorSpace: 'srgb',
  hasAlpha: false,
  pages: 1,
  camera: { make: 'Canon', model: 'Canon EOS 40D' },
  takenAt: '2008-05-30T15:56:01',
  location: { latitude: 52.5, longitude: 13.4 },
  placeholder: '3OcRJYB4d3h/iIeHeEh3eIhw+j2w',
  dominantColor: '#0a0b0c',
  variants: [{ name: 'thumb', key: 'k', contentType: 'image/webp', width: 256, height: 256, byteLength: 44 }],
}

/**
 * Writes three days of images with the real catalog and processor:
 *
 * - 22 November: a JPEG and a PNG of `local`, ready after 1.5 seconds each, the JPEG requested 3 more times; a damaged image; an image that was never uploaded
 * - 23 November: a photo of `acme` with every optional field, ready after 4 seconds, requested twice more
 *
 * @returns the table's items in the shape in which zero-ETL lands them, the manifests as compaction writes them, and the names of their fields, at any depth
 */
export async function writeSomeDays(t: Test) {
  const fixture = await createTestProcessor(t)
  const { deps, clock, catalog, processedBucket } = fixture
  const slowly = {
    ...deps,
    rawBucket: {
      ...deps.rawBucket,
      read: (key: string) => {
        clock.nowMs += 1_500
        return deps.rawBucket.read(key)
      },
    },
  }
  const process = (image: ImageRef) => processImage(image, slowly)

  const jpeg = await drawImage('jpeg')
  const png = await drawImage('png')
  const damaged = jpeg.subarray(0, jpeg.length / 2)
  const photo = await fixture.upload(jpeg, 'image/jpeg')
  clock.nowMs += 30_000 // the client uploads 30 seconds after its request
  await process(photo)
  await process(await fixture.upload(png, 'image/png'))
  await process(await fixture.upload(damaged, 'image/jpeg'))
  await fixture.register(Buffer.from('never uploaded'), 'image/webp')
  await countDuplicates(photo, 3)

  clock.nowMs += dayMs
  const full = await writeFullImage()
  await countDuplicates(full, 2)

  const { Items = [] } = await fixture.client.send(new ScanCommand({ TableName: 'images' }))
  const manifests = new Map([...processedBucket.objects].filter(([key]) => key.startsWith('manifests/')))
  return {
    rows: (Items as Item[]).map(({ pk, ...item }) => ({ pk: pk?.S ?? '', item })),
    manifests: await writeParquetDays(manifests),
    fieldNames: [
      ...new Set([...manifests.values()].flatMap(({ bytes }) => nameFields(JSON.parse(String(bytes))))),
    ],
    byteLengths: { jpeg: jpeg.length, png: png.length, damaged: damaged.length },
  }

  async function countDuplicates(image: ImageRef, times: number) {
    const record = await fixture.find(image)
    if (!record) throw new Error('the catalog has no record of the image')
    for (let count = 0; count < times; count += 1) await catalog.countDuplicate(record)
  }

  async function writeFullImage(): Promise<ImageRef> {
    const request = {
      tenant: 'acme',
      imageId: sha256(Buffer.from('full')),
      byteLength: 5_000_000,
      fileName: 'beach.jpg',
    }
    const { record } = await catalog.register({ ...request, contentType: 'image/jpeg' })
    await catalog.claim(record, 'worker', 60_000)
    clock.nowMs += 4_000
    const event = imageEvent(topics.processed, record, { source: '/test', nowMs: clock.nowMs })
    // Only reprocessed images have `recipe` and `remadeAt`.
    const result = { status: 'ready' as const, image: fullImage, recipe: '5f0c9b1d7a3e8264' }
    const finished = (await catalog.finish(record, 'worker', result, event)) as UnpublishedRecord
    await storeManifest({ stage: 'recorded', owner: 'worker', record: finished }, deps)
    return record
  }
}

function drawImage(format: 'jpeg' | 'png'): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 }
  return sharp({ create: { width: 400, height: 300, channels: 3, noise, background: '#456' } })
    .toFormat(format)
    .toBuffer()
}
