import { type ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import t, { type Test } from 'tap'
import type { Dispatcher } from 'undici'
import { createDocumentClient } from '../../aws/document-client.ts'
import { SigningHash } from '../../aws/signing-hash.ts'
import { type Answer, refuse, startDynamoDbDouble } from './start-dynamodb-double.ts'

const get = new GetCommand({ TableName: 'images', Key: { pk: 'a' } })
const put = new PutCommand({ TableName: 'images', Item: { pk: 'a', count: 1, absent: undefined } })
const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }

const answer =
  (body: string, headers = {}): Answer =>
  (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', ...headers })
    response.end(body)
  }

interface Sent {
  origin: string
  path: string
  headers: Record<string, string>
  body: string
}

/** A client whose requests are answered with an empty object instead of being sent. */
function openRecorded(
  t: Test,
  {
    region = 'us-east-1',
    now,
    ...settings
  }: { region?: string; now?: () => number; [name: string]: unknown },
) {
  const sent: Sent[] = []
  const calls: unknown[] = []
  const dynamoDb = new DynamoDBClient({ region, credentials, ...settings })
  const dispatcher = {
    dispatch(
      { origin, path, headers, body }: Dispatcher.DispatchOptions,
      handler: Dispatcher.DispatchHandler,
    ) {
      const flat = headers as string[]
      const pairs = flat.flatMap((name, at) => (at % 2 ? [] : [[name, flat[at + 1] ?? '']]))
      sent.push({ origin: String(origin), path, headers: Object.fromEntries(pairs), body: String(body) })
      const controller = {} as Dispatcher.DispatchController
      handler.onResponseStart?.(controller, 200, {})
      handler.onResponseData?.(controller, Buffer.from('{}'))
      handler.onResponseEnd?.(controller, {})
      return true
    },
    close: async () => {},
  } as unknown as Dispatcher
  const documents = createDocumentClient(dynamoDb, { dispatcher, now, onCall: (call) => calls.push(call) })
  t.teardown(() => dynamoDb.destroy())
  return { documents, sent, calls }
}

t.test('a request has the body and the signature of the SDK', async (t) => {
  const nowMs = Date.UTC(2026, 10, 22, 23, 59, 59)
  let identity: Record<string, unknown> = { ...credentials }
  // Expired, so that the client requests them before every call.
  const rotating = async () => ({ ...identity, expiration: new Date(0) })
  const { documents, sent } = openRecorded(t, { credentials: rotating, now: () => nowMs })
  for (identity of [
    credentials,
    { ...credentials, sessionToken: 'a+session/token==' },
    { accessKeyId: 'other', secretAccessKey: 'key' },
  ]) {
    await documents.send(put)
    const { origin, path, headers, body } = sent.at(-1) as Sent
    t.strictSame(JSON.parse(body), { TableName: 'images', Item: { pk: { S: 'a' }, count: { N: '1' } } })
    t.equal(headers['x-amz-target'], 'DynamoDB_20120810.PutItem')
    t.equal(headers['x-amz-security-token'], identity.sessionToken)
    const { authorization, 'user-agent': _, ...signed } = headers
    const signer = new SignatureV4({
      credentials: identity as typeof credentials,
      region: 'us-east-1',
      service: 'dynamodb',
      sha256: SigningHash,
      applyChecksum: false,
    })
    const { hostname } = new URL(origin)
    const request = new HttpRequest({ method: 'POST', hostname, path, headers: signed, body })
    const expected = await signer.sign(request, { signingDate: new Date(nowMs) })
    t.equal(authorization, expected.headers.authorization)
  }
})

t.test('requests go to the endpoint that the SDK resolves', async (t) => {
  const endpoints: [Record<string, unknown>, string][] = [
    [{ region: 'eu-central-1' }, 'https://dynamodb.eu-central-1.amazonaws.com'],
    [{ region: 'cn-north-1' }, 'https://dynamodb.cn-north-1.amazonaws.com.cn'],
    [{ region: 'us-gov-west-1' }, 'https://dynamodb.us-gov-west-1.amazonaws.com'],
    [{ region: 'us-east-1', useFipsEndpoint: true }, 'https://dynamodb-fips.us-east-1.amazonaws.com'],
    [{ endpoint: 'http://[::1]:8000' }, 'http://[::1]:8000'],
  ]
  for (const [settings, origin] of endpoints) {
    const { documents, sent } = openRecorded(t, settings)
    await documents.send(get)
    t.equal(sent[0]?.origin, origin)
    t.equal(sent[0]?.headers.host, new URL(origin).host)
  }
})

t.test('missing credentials fail the call, and the next call requests them again', async (t) => {
  let isAvailable = false
  const provider = async () => {
    if (!isAvailable) throw new Error('no credentials yet')
    return credentials
  }
  const { documents } = openRecorded(t, { credentials: provider })
  await t.rejects(documents.send(get), { message: 'no credentials yet' })
  isAvailable = true
  await t.resolves(documents.send(get))
})

t.test('reports every hot call with its duration and its error', async (t) => {
  const { documents, calls } = openRecorded(t, {})
  await documents.send(get)
  t.match(calls, [{ operation: 'GetItem', error: undefined, durationMs: Number }])
})

t.test('other calls go through the SDK', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, answer('{"Items":[{"pk":{"S":"a"}}]}'))
  const query = new QueryCommand({ TableName: 'images', KeyConditionExpression: 'pk = a' })
  t.match(await documents.send(query), { Items: [{ pk: 'a' }] })
  t.strictSame(calls, ['Query'])
})

t.test('a failed condition throws the exception of the SDK, with the stored item', async (t) => {
  const body = { __type: 'x#ConditionalCheckFailedException', message: 'no', Item: { pk: { S: 'a' } } }
  const { documents } = await startDynamoDbDouble(t, (request, response) => {
    request.resume()
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
  })
  const error = await documents.send(put).catch((error) => error)
  t.equal(error.name, 'ConditionalCheckFailedException')
  t.equal((error as ConditionalCheckFailedException).message, 'no')
  t.strictSame((error as ConditionalCheckFailedException).Item, { pk: { S: 'a' } })
})

t.test('an error without a name is reported with its status', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, (request, response) => {
    request.resume()
    response.writeHead(403).end('<html>')
  })
  await t.rejects(documents.send(get), {
    name: 'UnknownError',
    message: 'DynamoDB answered with status 403.',
    $metadata: { httpStatusCode: 403 },
  })
  t.equal(calls.length, 1)
})

t.test('a checksum that is always wrong fails the call after three attempts', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, answer('{}', { 'x-amz-crc32': '1' }))
  await t.rejects(documents.send(get), { name: 'CRC32CheckFailed' })
  t.equal(calls.length, 3)
})

t.test('an answer above 1 MiB is refused and the call is not retried', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, answer(' '.repeat(1_048_577)))
  await t.rejects(documents.send(get), { message: 'The response is longer than 1048576 bytes.' })
  t.equal(calls.length, 1)
  const whole = await startDynamoDbDouble(t, answer('{}'.padEnd(1_048_576)))
  await t.resolves(whole.documents.send(get))
})

t.test('an aborted call ends at once, whether or not it has been sent', async (t) => {
  const controller = new AbortController()
  const { documents, calls } = await startDynamoDbDouble(t, (request) => {
    request.resume()
    controller.abort()
  })
  const { signal: abortSignal } = controller
  await t.rejects(documents.send(get, { abortSignal }), { name: 'AbortError' })
  t.equal(calls.length, 1)
  await t.rejects(documents.send(get, { abortSignal }), { name: 'AbortError' })
  t.equal(calls.length, 1, 'not sent')
})

t.test('a call that waits for a connection times out too', async (t) => {
  const dynamoDb = new DynamoDBClient({ region: 'us-east-1', credentials, maxAttempts: 1 })
  const dispatcher = { dispatch: () => true, close: async () => {} } as unknown as Dispatcher
  const documents = createDocumentClient(dynamoDb, { dispatcher, requestTimeoutMs: 1 })
  await t.rejects(documents.send(get), { name: 'TimeoutError', message: 'No complete response within 1 ms.' })
})

t.test('connections are reused', async (t) => {
  const ports = new Set<number | undefined>()
  const { documents } = await startDynamoDbDouble(t, (request, response) => {
    ports.add(request.socket.remotePort)
    answer('{}')(request, response)
  })
  for (let sent = 0; sent < 20; sent += 1) await documents.send(get)
  t.ok(ports.size <= 2, `${ports.size} connections for 20 calls`)
})

t.test('an invalid request is not repeated', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, refuse(400, 'ValidationException'))
  await t.rejects(documents.send(get), { name: 'ValidationException', message: 'inner words' })
  t.equal(calls.length, 1)
})
