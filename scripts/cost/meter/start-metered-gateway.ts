import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { composeGateway } from '../../../gateway/compose-gateway.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'

/** Starts a gateway in this process, and counts what it logs. */
export async function startMeteredGateway(
  environment: Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string> & Record<string, string>,
) {
  let logBytes = 0
  const config = readGatewayConfig(environment)
  const logger = createLogger('gateway', config.LOG_LEVEL, {
    write: (line) => {
      logBytes += Buffer.byteLength(line)
    },
  })
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  }
  const s3 = new S3Client({ ...s3ClientOptions(config), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(config), credentials })
  const gateway = await composeGateway(config, { logger, s3, dynamoDb })
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    /** Returns the bytes that it logged since the last call. */
    takeLogBytes: (): number => {
      const bytes = logBytes
      logBytes = 0
      return bytes
    },
    close: async () => {
      await gateway.close()
      s3.destroy()
      dynamoDb.destroy()
    },
  }
}
