import { devNull } from 'node:os'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import type { Dispatcher } from 'undici'
import type { KeyTable } from '../../../core/api-keys/key-table.ts'
import type { KafkaClient } from '../../../core/kafka/kafka-client.ts'
import { createLogger, type Logger } from '../../../core/telemetry/logger.ts'
import { writeOncePerTick } from '../../../core/telemetry/write-once-per-tick.ts'
import { composeGateway } from '../../../gateway/compose-gateway.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'
import { serve } from './serve.ts'
import { environment, key } from './settings.ts'

interface Clients {
  s3: S3Client
  dynamoDb: DynamoDBClient
  dispatcher?: Dispatcher
  kafka: KafkaClient
}

/** Writes log lines to the null device in the same way as the gateway writes to stdout. */
export const logger = createLogger(
  'gateway',
  'info',
  writeOncePerTick(pino.destination({ dest: devNull, sync: true })),
)

/** Serves the gateway as in production, with all plugins and these clients. The key table is in memory, so looking up an API key is free. */
export async function serveGateway(
  clients: Clients,
  replaced: Pick<Parameters<typeof composeGateway>[1], 'dependencies'> & { logger?: Logger } = {},
): Promise<void> {
  const keys = {
    find: async () => key.record,
    mark: async () => false,
    ping: async () => {},
  } as unknown as KeyTable
  const { app } = await composeGateway(readGatewayConfig(environment), {
    logger,
    ...clients,
    keys,
    ...replaced,
  })
  await serve(app)
}
