import { devNull } from 'node:os'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { pino } from 'pino'
import { documentClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createBucket } from '../../../core/aws/bucket.ts'
import { createCatalog } from '../../../core/catalog/catalog.ts'
import { createEventBus } from '../../../core/events/event-bus.ts'
import type { KafkaClient } from '../../../core/kafka/kafka-client.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createApp } from '../../../gateway/app.ts'
import { createAudit } from '../../../gateway/auth/audit.ts'
import { identifyByAny } from '../../../gateway/auth/identify.ts'
import { createIdentifyByKey } from '../../../gateway/auth/identify-by-key.ts'
import { createMetrics } from '../../../gateway/observe/create-metrics.ts'
import { createPresignDownload } from '../../../gateway/uploads/presign-download.ts'
import { createPresignUpload } from '../../../gateway/uploads/presign-upload.ts'
import { serve } from './serve.ts'
import { key, presignTtlSeconds, processedBucket, rawBucket, settings, table } from './settings.ts'

interface Clients {
  s3: S3Client
  dynamoDb: DynamoDBClient
  kafka: KafkaClient
}

/** Written for nobody, but written: one write a line, as to stdout. */
export const logger = createLogger('gateway', 'info', pino.destination(devNull))

/** Serves the gateway as `gateway/server.ts` does, with all plugins on, over these clients. */
export async function serveGateway({ s3, dynamoDb, kafka }: Clients): Promise<void> {
  const now = Date.now
  const audit = createAudit(logger)
  const keys = { find: async () => key.record, mark: async () => false }
  const presigning = { ttlSeconds: presignTtlSeconds, now }
  const app = await createApp(
    settings,
    {
      catalog: createCatalog(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), {
        tableName: table,
        retentionSeconds: 7 * 24 * 3600,
        now,
      }),
      rawBucket: createBucket(s3, rawBucket),
      events: createEventBus(kafka, { topicPrefix: '', budgetMs: 2_000 }),
      presignUpload: await createPresignUpload(s3, { bucket: rawBucket, ...presigning }),
      presignDownload: await createPresignDownload(s3, { bucket: processedBucket, ...presigning }),
      identify: identifyByAny({ byKey: createIdentifyByKey({ keys, audit, now }) }),
      audit,
      metrics: createMetrics(),
      now,
    },
    logger,
  )
  await serve(app)
}
