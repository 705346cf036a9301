import { GlueClient } from '@aws-sdk/client-glue'
import { S3Client } from '@aws-sdk/client-s3'
import type { Context } from 'aws-lambda'
import { s3ClientOptions } from '../core/aws/aws-client-options.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { compactManifests } from './compaction/compact-manifests.ts'
import { readCompactionConfig } from './compaction/config.ts'
import { createManifestStore } from './compaction/manifest-store.ts'
import { openPartitions } from './compaction/partitions.ts'

const config = readCompactionConfig()
const logger = createLogger('compaction', config.LOG_LEVEL)
/** Longer than for requests about images, because a Parquet file can be hundreds of megabytes in size. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 60_000, throwOnRequestTimeout: true }
const s3 = new S3Client({ ...s3ClientOptions({ ...config, DYNAMODB_ENDPOINT: '' }), requestHandler })
const glue = new GlueClient({ region: config.AWS_REGION, requestHandler })
const store = createManifestStore(s3, config.PROCESSED_BUCKET)

/** Reserved at the end of a call to complete the last day that was begun. */
const reserveMs = 300_000

/**
 * The AWS Lambda handler that writes the manifests as Parquet for Redshift, once an hour. The event is ignored:
 * every run compacts all days.
 * @throws AggregateError, which raises the alarm, after all other days if a day could not be compacted
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const endsAtMs = Date.now() + context.getRemainingTimeInMillis() - reserveMs
  const table = { DatabaseName: config.GLUE_DATABASE, TableName: config.GLUE_TABLE }
  const partitions = await openPartitions(glue, table)
  await compactManifests(
    { store, partitions, now: Date.now },
    {
      retentionDays: config.RETENTION_DAYS,
      maxReads: config.MAX_MANIFESTS,
      endsAtMs,
      onDay: (result) => {
        const { unreadable, damage, ...day } = result
        logger.info(day, 'compacted a day')
        if (damage)
          logger.warn(
            { day: day.day, damage },
            'the Parquet file of a day cannot be opened; this run or a later one writes it again',
          )
        if (unreadable.length > 0) {
          const some = unreadable.slice(0, 10)
          logger.warn({ day: day.day, count: unreadable.length, some }, 'left out unreadable manifests')
        }
      },
    },
  )
}
