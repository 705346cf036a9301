import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Context } from 'aws-lambda'
import { secretsManagerClientOptions } from '../../core/aws/aws-client-options.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { readCanaryConfig } from './config.ts'
import { type CanaryResult, uploadAndDownload } from './upload-and-download.ts'

const config = readCanaryConfig()
const logger = createLogger('canary', config.LOG_LEVEL)
const secretsManager = new SecretsManagerClient(secretsManagerClientOptions(config))

/** Kept free at the end of a call, so that it fails with a reason instead of a time-out. */
const reserveMs = 5_000

/**
 * The AWS Lambda handler that uploads an image to the deployed system, every few minutes. The event has no meaning.
 * @throws Error that names the step that failed, so that the alarm fires
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<CanaryResult> {
  const startMs = Date.now()
  const key = await readKey()
  const signal = AbortSignal.timeout(Math.max(context.getRemainingTimeInMillis() - reserveMs, 1))
  const result = await uploadAndDownload({ gateway: config.CANARY_GATEWAY.replace(/\/+$/, ''), key, signal })
  logger.info({ operation: 'canary', ...result, durationMs: Date.now() - startMs }, 'the image was ready')
  return result
}

/** Read at each run, so that a new key needs no deployment. */
async function readKey(): Promise<string> {
  const SecretId = config.CANARY_KEY_SECRET_ID
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }))
  const key = SecretString.trim()
  if (key.startsWith('hg_')) return key
  throw new Error(`The secret ${SecretId} has no API key. Store one with the scopes upload and read in it.`)
}
