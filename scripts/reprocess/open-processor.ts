import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws/aws-client-options.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { composeProcessor } from '../../processor/compose-processor.ts'
import { readProcessorConfig } from '../../processor/config.ts'
import { hasCatalog, localDataDirectory, namedSettings } from '../config.ts'
import { readLocalSettings } from '../local/local-settings.ts'

/** Settings that the environment can override when the others come from the local system. */
const overridable = [
  'VARIANTS',
  'KEEP_LOCATION',
  'IMAGES_IN_FLIGHT',
  'MAX_INPUT_PIXELS',
  'DECODE_TIMEOUT_SECONDS',
  'MAX_ATTEMPTS',
]

/**
 * Opens a processor without triggers, with the settings of the environment or, without a catalog there, of the local system.
 * @throws Error if there are neither
 */
export async function openProcessor() {
  const local = hasCatalog() ? undefined : (await readLocalSettings(localDataDirectory()))?.processor
  if (!hasCatalog() && !local) {
    throw new Error(
      'No system is configured. Set CATALOG_TABLE and the other settings of the processor, or run "npm start" first.',
    )
  }
  const config = readProcessorConfig(local && { ...local, ...namedSettings(overridable) })
  const credentials = local && {
    credentials: {
      accessKeyId: local.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: local.AWS_SECRET_ACCESS_KEY ?? '',
    },
  }
  const s3 = new S3Client({ ...s3ClientOptions(config), ...credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(config), ...credentials })
  const logger = createLogger('reprocess', 'silent')
  const { deps, close: closeProcessor } = await composeProcessor(config, { logger, s3, dynamoDb })

  async function close(): Promise<void> {
    await closeProcessor()
    s3.destroy()
    dynamoDb.destroy()
  }
  return { config, deps, close }
}
