import { createHash } from 'node:crypto'
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import type { ImageRecord, StoredVariant } from '../../../../core/images/image-record.ts'
import { rawKey } from '../../../../core/images/object-key.ts'
import { connectStores, type StoreSettings } from '../../../local/create-stores.ts'
import { readRecords } from './gather-evidence.ts'

export interface ComparedObjects {
  compared: number
  /** Describes each object that differs from its record. */
  different: string[]
}

/**
 * Reads the original and every variant of each ready image and compares them with the record: the SHA-256 of an original, and a
 * variant's length, type, format and size in pixels.
 */
export async function compareObjects(settings: StoreSettings): Promise<ComparedObjects> {
  const records = (await readRecords(settings)).filter(({ status }) => status === 'ready')
  const { s3, close } = connectStores(settings)
  const result: ComparedObjects = { compared: 0, different: [] }

  async function check(Bucket: string, Key: string, compare: Compare): Promise<void> {
    result.compared += 1
    const problem = await findProblem(s3, { Bucket, Key }, compare)
    if (problem) result.different.push(`${Key}: ${problem}`)
  }

  for (const record of records) {
    await check(settings.RAW_BUCKET, rawKey(record), (object) => compareOriginal(record, object))
    for (const variant of record.image?.variants ?? [])
      await check(settings.PROCESSED_BUCKET, variant.key, (object) => compareVariant(variant, object))
  }
  close()
  return result
}

interface ReadObject {
  bytes: Buffer
  contentType?: string
}

/** @returns what differs, or undefined */
type Compare = (object: ReadObject) => string | undefined | Promise<string | undefined>

async function findProblem(
  s3: S3Client,
  where: { Bucket: string; Key: string },
  compare: Compare,
): Promise<string | undefined> {
  try {
    const { Body, ContentType } = await s3.send(new GetObjectCommand(where))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    return await compare({ bytes, contentType: ContentType })
  } catch (error) {
    if (error instanceof NoSuchKey) return 'it does not exist'
    throw error
  }
}

function compareOriginal({ imageId }: ImageRecord, { bytes }: ReadObject): string | undefined {
  return createHash('sha256').update(bytes).digest('hex') === imageId ? undefined : 'it has another SHA-256'
}

async function compareVariant(variant: StoredVariant, { bytes, contentType }: ReadObject) {
  const { format, width, height } = await sharp(bytes).metadata()
  const found = { byteLength: bytes.length, contentType, type: `image/${format}`, width, height }
  const expected = { ...variant, type: variant.contentType }
  const different = Object.entries(found).filter(
    ([field, value]) => expected[field as keyof typeof found] !== value,
  )
  if (different.length === 0) return undefined
  return different.map(([field, value]) => `${field} is ${value}`).join(', ')
}
