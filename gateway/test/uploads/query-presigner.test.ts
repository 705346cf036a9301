import { randomBytes, randomInt } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import t from 'tap'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { findBucketAddress } from '../../uploads/presigner.ts'
import { createQueryPresigner } from '../../uploads/query-presigner.ts'

const rounds = 250
const dayMs = 86_400_000

/** One region of each partition, and one address of each form. */
const clients: Record<string, S3ClientConfig> = {
  aws: { region: 'eu-central-1' },
  'aws, us-east-1': { region: 'us-east-1' },
  'aws, pseudo-region': { region: 'aws-global' },
  'aws-cn': { region: 'cn-northwest-1' },
  'aws-us-gov': { region: 'us-gov-west-1' },
  'aws-iso': { region: 'us-iso-east-1' },
  'aws-iso-b': { region: 'us-isob-east-1' },
  'aws-iso-e': { region: 'eu-isoe-west-1' },
  'aws-iso-f': { region: 'us-isof-south-1' },
  'aws-eusc': { region: 'eusc-de-east-1' },
  'dual stack': { useDualstackEndpoint: true },
  FIPS: { region: 'us-east-2', useFipsEndpoint: true },
  'transfer acceleration': { useAccelerateEndpoint: true },
  'path style': { forcePathStyle: true },
  'IPv4 endpoint': { endpoint: 'http://127.0.0.1:9000', forcePathStyle: true },
  'IPv6 endpoint': { endpoint: 'http://[::1]:9000', forcePathStyle: true },
  'IPv6 endpoint, default port': { endpoint: 'https://[2001:db8::7]', forcePathStyle: true },
  'virtual host with a port': { endpoint: 'http://store.example:9000' },
  'virtual host, default port': { endpoint: 'https://store.example:443' },
  'endpoint with a path': { endpoint: 'https://store.example/s3/v1', forcePathStyle: true },
}

for (const [name, config] of Object.entries(clients)) {
  t.test(`presigns the URLs of the SDK: ${name}`, async (t) => {
    let credentials = randomCredentials()
    const s3 = new S3Client({
      ...s3ClientOptions({ AWS_REGION: 'us-west-2', S3_ENDPOINT: '', DYNAMODB_ENDPOINT: '' }),
      ...config,
      // Expired, so that the client asks for them before every URL.
      credentials: async () => ({ ...credentials, expiration: new Date(0) }),
    })
    t.teardown(() => s3.destroy())
    const bucket = 'raw-bucket'
    const presignUrl = createQueryPresigner(await findBucketAddress(s3, bucket))
    for (let round = 0; round < rounds; round += 1) {
      // Most rounds keep the credentials and the day, so that the cached key is used; the others change them.
      if (randomInt(8) === 0) credentials = randomCredentials()
      const request = randomRequest()
      const expected = await presignWithSdk(s3, bucket, request)
      const url = presignUrl({ ...request, credentials })
      if (url !== expected) return t.equal(url, expected)
    }
    t.pass(`${rounds} random requests`)
  })
}

type RandomRequest = ReturnType<typeof randomRequest>

async function presignWithSdk(s3: S3Client, Bucket: string, request: RandomRequest): Promise<string> {
  const { method, key: Key, headers, answerHeaders, nowMs, expiresInSeconds } = request
  const command =
    method === 'GET'
      ? new GetObjectCommand({
          Bucket,
          Key,
          ResponseCacheControl: answerHeaders?.['response-cache-control'],
          ...(answerHeaders?.['response-expires'] && {
            ResponseExpires: new Date(answerHeaders['response-expires']),
          }),
        })
      : new PutObjectCommand({
          Bucket,
          Key,
          ContentLength: Number(headers['content-length']),
          ContentType: headers['content-type'],
          IfNoneMatch: '*',
          ChecksumSHA256: headers['x-amz-checksum-sha256'],
          Metadata: { traceparent: headers['x-amz-meta-traceparent'] ?? '' },
        })
  return getSignedUrl(s3 as never, command as never, {
    expiresIn: expiresInSeconds,
    signingDate: new Date(nowMs),
    signableHeaders: new Set(['content-type']),
    unhoistableHeaders: new Set(Object.keys(headers)),
  })
}

function randomRequest() {
  const method = randomInt(2) === 0 ? 'GET' : 'PUT'
  const headers: Record<string, string> =
    method === 'GET'
      ? {}
      : {
          'content-length': String(randomInt(1, 2 ** 40)),
          'content-type': pick(['image/jpeg', 'image/svg+xml', 'image/png; q="a b"']),
          'if-none-match': '*',
          'x-amz-checksum-sha256': randomBytes(32).toString('base64'),
          'x-amz-meta-traceparent': `00-${randomHex(16)}-${randomHex(8)}-01`,
        }
  return {
    method,
    key: randomKey(),
    headers,
    ...(method === 'GET' && randomInt(2) === 0 && { answerHeaders: randomAnswerHeaders() }),
    nowMs: randomTime(),
    expiresInSeconds: randomInt(1, 604_801),
  } as const
}

const randomAnswerHeaders = () => ({
  'response-cache-control': pick(['private, immutable', 'no-store']),
  'response-expires': new Date(randomTime()).toUTCString(),
})

/** Mostly keys as the gateway makes them; some with every kind of character. */
function randomKey(): string {
  if (randomInt(3) > 0) return `tenant-${randomInt(1_000)}/${randomHex(32)}/${20261122 + randomInt(8)}`
  const chars = [...`aZ09-_.~ !'()*+&=?#%:@,;$"<>[]\\^{|}äßЖ漢😀`]
  const segment = () => Array.from({ length: randomInt(1, 12) }, () => pick(chars)).join('')
  return Array.from({ length: randomInt(1, 4) }, () => `k${segment()}`).join('/')
}

/** Often within two seconds of midnight UTC, where the key of the day changes. */
function randomTime(): number {
  const midnight = Date.UTC(2026, 10, 22) + randomInt(3) * dayMs
  return randomInt(2) === 0 ? midnight + randomInt(-2_000, 2_000) : midnight + randomInt(dayMs)
}

function randomCredentials() {
  return {
    accessKeyId: `AKIA${randomHex(8).toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    ...(randomInt(2) === 0 && { sessionToken: randomBytes(randomInt(100, 900)).toString('base64') }),
  }
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

function pick<T>(choices: readonly T[]): T {
  return choices[randomInt(choices.length)] as T
}
