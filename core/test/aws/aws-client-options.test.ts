import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import t from 'tap'
import { dynamoDbClientOptions, s3ClientOptions } from '../../aws/aws-client-options.ts'

const settings = { AWS_REGION: 'eu-west-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT: '' }
const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }

t.test('S3: checksums are sent only when required', async (t) => {
  const client = new S3Client(s3ClientOptions(settings))
  t.teardown(() => client.destroy())
  t.equal(await client.config.requestChecksumCalculation(), 'WHEN_REQUIRED')
  t.equal(await client.config.responseChecksumValidation(), 'WHEN_REQUIRED')
})

t.test('S3: a PUT request has no CRC32, and the bucket is in the path', async (t) => {
  const received: { url?: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    received.push({ url: request.url, headers: request.headers })
    request.resume().on('end', () => response.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const S3_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new S3Client({ ...s3ClientOptions({ ...settings, S3_ENDPOINT }), credentials })
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  await client.send(new PutObjectCommand({ Bucket: 'raw', Key: 'key', Body: 'bytes' }))
  t.match(received[0]?.url, /^\/raw\/key/)
  const names = Object.keys(received[0]?.headers ?? {})
  t.strictSame(
    names.filter((name) => /checksum|crc|trailer/.test(name)),
    [],
  )
})

t.test('without an endpoint the clients use AWS', async (t) => {
  t.notOk('endpoint' in s3ClientOptions(settings))
  t.notOk('forcePathStyle' in s3ClientOptions(settings))
  t.notOk('endpoint' in dynamoDbClientOptions(settings))
  t.equal(s3ClientOptions(settings).region, 'eu-west-1')
  t.equal(dynamoDbClientOptions(settings).region, 'eu-west-1')
})

t.test('each client uses its own endpoint', async (t) => {
  const both = { ...settings, S3_ENDPOINT: 'http://s3:1', DYNAMODB_ENDPOINT: 'http://dynamo:2' }
  t.equal(s3ClientOptions(both).endpoint, 'http://s3:1')
  t.equal(dynamoDbClientOptions(both).endpoint, 'http://dynamo:2')
})

t.test('timeouts and attempts are limited', async (t) => {
  const clients = [
    { client: new S3Client(s3ClientOptions(settings)), requestTimeout: 5_000 },
    { client: new DynamoDBClient(dynamoDbClientOptions(settings)), requestTimeout: 1_500 },
  ]
  for (const { client, requestTimeout } of clients) {
    t.teardown(() => client.destroy())
    t.equal(await client.config.maxAttempts(), 3)
    const handler = client.config.requestHandler as NodeHttpHandler
    await handler.handle({} as never).catch(() => {}) // the handler reads its settings at first use
    t.match(handler.httpHandlerConfigs(), {
      connectionTimeout: 1_000,
      requestTimeout,
      throwOnRequestTimeout: true,
    })
  }
})
