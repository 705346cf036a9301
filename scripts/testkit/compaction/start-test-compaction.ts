import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { manifestKeyOfDay } from '../../../core/images/object-key.ts'
import type { CompactionDeps } from '../../../processor/compaction/compact-day.ts'
import {
  type CompactManifestsOptions,
  compactManifests,
} from '../../../processor/compaction/compact-manifests.ts'
import { createManifestStore } from '../../../processor/compaction/manifest-store.ts'
import { openParquetFile } from '../../../processor/compaction/parquet-file.ts'
import { openPartitions } from '../../../processor/compaction/partitions.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { startLocalS3 } from '../../local/s3/start-local-s3.ts'
import { startGlueDouble } from './start-glue-double.ts'

export const table = { DatabaseName: 'hashgate_test', TableName: 'manifests' }
export const { Columns: columns } = readManifestTable().StorageDescriptor
export const retentionDays = 7
export const hourMs = 3_600_000
const dayMs = 24 * hourMs
const Bucket = 'processed'

/** The SHA-256 of an image that a test names by a hex digit. */
export const imageOf = (letter: string) => letter.repeat(64)

export type TestCompaction = Awaited<ReturnType<typeof startTestCompaction>>

/** Starts a bucket on the local S3 and a Glue double, with a clock that the test sets. @param nowMs by default noon of 29 November 2026 */
export async function startTestCompaction(t: Test, nowMs = Date.parse('2026-11-29T12:00:00Z')) {
  const clock = { nowMs }
  const now = () => clock.nowMs
  const credentials = { accessKeyId: 'compaction', secretAccessKey: 'compaction-secret' }
  const server = await startLocalS3({ directory: t.testdir({}), region: 'us-east-1', now, ...credentials })
  const options = s3ClientOptions({ AWS_REGION: 'us-east-1', S3_ENDPOINT: server.url, DYNAMODB_ENDPOINT: '' })
  // Sign requests with the test's clock.
  const s3 = new S3Client({ ...options, credentials, systemClockOffset: clock.nowMs - Date.now() })
  await s3.send(new CreateBucketCommand({ Bucket }))
  t.teardown(async () => {
    s3.destroy()
    await server.close()
  })
  const glueDouble = await startGlueDouble(t, columns)
  const store = createManifestStore(s3, Bucket)

  /** Writes a manifest. @param image tenant and digit of the image, such as `acme/a` */
  async function putManifest(image: string, day: string, fields: object = {}): Promise<void> {
    const [tenant = '', letter = ''] = image.split('/')
    const imageId = imageOf(letter)
    const createdAt = `${day}T10:00:00.000Z`
    const expiresAt = (Date.parse(createdAt) + retentionDays * dayMs) / 1_000
    const manifest = {
      tenant,
      imageId,
      status: 'ready',
      byteLength: 5_000_000_000,
      createdAt,
      expiresAt,
      ...fields,
    }
    await putObject(manifestKeyOfDay({ day, tenant, imageId }), JSON.stringify(manifest))
  }

  async function putObject(Key: string, Body: string | Buffer): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  }

  const openDeps = async (): Promise<CompactionDeps> => ({
    store,
    partitions: await openPartitions(glueDouble.glue, table),
    now,
  })

  /** Runs the compaction as Lambda does. */
  const compact = async (options: Partial<CompactManifestsOptions> = {}) =>
    compactManifests(await openDeps(), { retentionDays, ...options })

  /** The rows that a query of the day's partition reads. */
  async function queryRows(day: string) {
    const location = glueDouble.locations()[day]
    if (!location) return []
    const object = await store.read(`${location.replace(`s3://${Bucket}/`, '')}manifests.parquet`)
    if (!object) throw new Error(`The partition of ${day} refers to ${location}, which does not exist.`)
    const { readRows, identities } = await openParquetFile(object.bytes, glueDouble.state.columns)
    return readRows(0, identities.length)
  }

  /** The images that a query of the day returns, as `tenant/digit`. */
  const queryImages = async (day: string) =>
    (await queryRows(day)).map(({ tenant, imageid }) => `${tenant}/${String(imageid)[0]}`)

  /** Environment of a process that runs the Lambda handler. That process does not use the test's clock. */
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_GLUE: glueDouble.endpoint,
    S3_ENDPOINT: server.url,
    PROCESSED_BUCKET: Bucket,
    GLUE_DATABASE: table.DatabaseName,
  }

  return {
    ...glueDouble,
    environment,
    s3,
    store,
    clock,
    putManifest,
    putObject,
    openDeps,
    compact,
    queryRows,
    queryImages,
  }
}
