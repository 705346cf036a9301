import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { createStores } from '../../../scripts/local/create-stores.ts'
import { startLocalS3 } from '../../../scripts/local/s3/start-local-s3.ts'
import { startLocalDynamoDb } from '../../../scripts/local/start-local-dynamodb.ts'

interface Names {
  AWS_REGION: string
  RAW_BUCKET: string
  PROCESSED_BUCKET: string
  CATALOG_TABLE: string
  KEYS_TABLE: string
}

/** Starts doubles of the AWS services that a gateway uses. Returns the settings with their addresses. */
export async function startAws(folder: string, names: Names): Promise<Record<string, string>> {
  const credentials = { accessKeyId: 'boot', secretAccessKey: 'boot-secret' }
  const s3 = await startLocalS3({ directory: join(folder, 's3'), ...credentials, region: names.AWS_REGION })
  const dynamoDb = await startLocalDynamoDb()
  const environment = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_ENDPOINT: s3.url,
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    SECRETS_MANAGER_ENDPOINT: await startSecretsManager(),
    // Only the VPC resolves the names of the brokers. Without Kafka a gateway is degraded but ready.
    KAFKA_BROKERS: '127.0.0.1:9',
  }
  await createStores({ ...names, ...environment })
  return environment
}

/** Serves the secrets under the names from the templates: the login and the authorities of Kafka, and the key for CloudFront. */
async function startSecretsManager(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { SecretId = '' } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ Name: SecretId, SecretString: secretValue(SecretId) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function secretValue(secretId: string): string {
  if (/kafka\/ca/.test(secretId)) return JSON.stringify({ certificate: rootCertificates[0] })
  if (/cdn\//.test(secretId)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    return JSON.stringify({
      keyPairId: 'K2EXAMPLE',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    })
  }
  return JSON.stringify({ username: 'hashgate', password: 'secret' })
}
