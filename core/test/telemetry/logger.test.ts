import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import Fastify from 'fastify'
import t from 'tap'
import { createBucket } from '../../aws/bucket.ts'
import { DependencyUnavailable } from '../../errors.ts'
import { createLogger } from '../../telemetry/logger.ts'

const keyId = '0123456789ab'
const keySecret = '5ec2e7'.repeat(8)
/** An API key in the format of `npm run keys`. */
const apiKey = `hg_${keyId}_${keySecret}`
const signature = 'f00dfeed'.repeat(8)
const url =
  'https://raw.s3.amazonaws.com/local/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE' +
  `%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Security-Token=FwoGZXIvYXdz%2B&X-Amz-Signature=${signature}` +
  '&X-Amz-SignedHeaders=host&x-id=PutObject'
/** The claims of a token, and its signature. */
const [claims, tokenSignature] = ['eyJzdWIiOiJhbGljZSJ9', 'c2lnbmF0dXJlLW9mLXRva2Vu']
const token = `eyJhbGciOiJSUzI1NiJ9.${claims}.${tokenSignature}`
const redisPassword = 'hunter2hunter2'
const redisUrl = `rediss://default:${redisPassword}@cache.internal:6379/0`
const webhookSecret = 'MDEyMzQ1Njc4OWFi+2RlZjAxMjM0NTY3/DlhYmNkZWY='
const secrets = [
  webhookSecret,
  keySecret,
  signature,
  'AKIAIOSFODNN7EXAMPLE',
  'FwoGZXIvYXdz',
  claims,
  tokenSignature,
  redisPassword,
]

/** A logger and the lines it printed; each is checked to be JSON. */
function startLog(level: 'info' | 'debug' = 'info') {
  const lines: string[] = []
  const logger = createLogger('gateway', level, { write: (line) => lines.push(line) })
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line)) }
}

t.test('a line has a time, a level and a service', async (t) => {
  const { logger, lines, entries } = startLog()
  logger
    .child({ requestId: 'r1' })
    .info({ operation: 'createUpload', tenant: 'local', status: 201 }, 'request')
  const [entry] = entries()
  t.equal(lines[0], `${JSON.stringify(entry)}\n`, 'one line of JSON')
  const { time, ...rest } = entry
  t.equal(new Date(time).toISOString(), time)
  t.strictSame(rest, {
    level: 'info',
    service: 'gateway',
    requestId: 'r1',
    operation: 'createUpload',
    tenant: 'local',
    status: 201,
    msg: 'request',
  })
})

t.test('lines below the level are not printed', async (t) => {
  const { logger, lines } = startLog()
  logger.debug('no')
  t.equal(lines.length, 0)
  startLog('debug').logger.debug('yes')
  logger.warn('yes')
  t.equal(lines.length, 1)
})

const headers = { authorization: `Bearer ${apiKey}`, 'x-api-key': apiKey }

const things: Record<string, object> = {
  'a URL': { url },
  'a URL inside': { upload: { url, headers: {} } },
  'a response': { answer: { imageId: 'a', upload: { method: 'PUT', url } } },
  'the results of a batch': { results: [{ upload: { url } }, { image: { variants: [{ url }] } }] },
  headers: { headers },
  'headers inside': { req: { headers } },
  'headers deep inside': { err: { config: { request: { headers } } } },
  'headers with capitals': { headers: { Authorization: `Bearer ${apiKey}`, 'X-Api-Key': apiKey } },
  'headers with lists': { headers: { authorization: [`Bearer ${apiKey}`], 'x-api-key': [apiKey, apiKey] } },
  'headers as they came': { rawHeaders: ['Authorization', `Bearer ${apiKey}`, 'x-api-key', apiKey] },
  'a key with quotes in it': { headers: { 'x-api-key': `"${apiKey}\\"${apiKey}` } },
  'a key with brackets in it': { headers: { 'x-api-key': [`]${apiKey}`, `]"${apiKey}`] } },
  'headers written into a message': { err: new Error(JSON.stringify({ authorization: `Bearer ${apiKey}` })) },
  'a bare key in an error': { err: new Error(`unknown key ${apiKey}`) },
  'a bare key in a field': { given: apiKey },
  'a secret of a webhook': { secrets: [{ secret: `whsec_${webhookSecret}` }] },
  'a secret of a webhook in an error': { err: new Error(`cannot sign with whsec_${webhookSecret}`) },
  'a bare token': { given: token },
  'a token in an error': { err: new Error(`cannot verify ${token}: no key`) },
  'an encrypted token': { given: `eyJhbGciOiJkaXIifQ..${claims}.${tokenSignature}.${claims}` },
  'a URL that is a parameter of another': { from: `https://a.example/?next=${encodeURIComponent(url)}` },
  'a URL encoded twice': { from: `/?next=${encodeURIComponent(`/?to=${encodeURIComponent(url)}`)}` },
  'the URL of Redis': { err: new Error(`cannot connect to ${redisUrl}`), url: redisUrl },
  'the URL of Redis without a user': { given: `redis://:${redisPassword}@127.0.0.1:6379` },
  'an error that contains a URL': { err: new TypeError(`Failed to parse URL from ${url}`) },
  'an error caused by one': { err: new Error('outer', { cause: new Error(`PUT "${url}" failed`) }) },
  'an error that carries a request': { err: Object.assign(new Error('no'), { request: { headers, url } }) },
  'several errors at once': { err: new AggregateError([new Error(url), new Error(url)], 'both') },
}

t.test('keys and signatures are redacted', async (t) => {
  for (const [what, thing] of Object.entries(things)) {
    const { logger, lines, entries } = startLog()
    logger.error(thing, 'said')
    logger.child(thing).info('logged by a child')
    t.equal(entries().length, 2, `${what}: still JSON`)
    for (const secret of secrets) t.notOk(lines.join('').includes(secret), what)
  }
})

t.test('secrets in a message are redacted and the rest is kept', async (t) => {
  const { logger, lines, entries } = startLog()
  logger.info(`PUT ${url} took 3 s`)
  for (const secret of secrets) t.notMatch(lines.join(''), secret)
  const [{ msg }] = entries()
  t.match(msg, /^PUT https:\/\/raw\.s3\.amazonaws\.com\/local\/key\?.*x-id=PutObject took 3 s$/)
})

t.test('a bare API key in a message is redacted; its id stays', async (t) => {
  const { logger, lines, entries } = startLog()
  logger.warn(`the key ${apiKey} was presented`)
  t.notMatch(lines.join(''), keySecret)
  t.equal(entries()[0].msg, `the key hg_${keyId}_[redacted] was presented`)
})

t.test('the rest of a URL with a password is kept', async (t) => {
  const { logger, entries } = startLog()
  logger.warn(`cannot connect to ${redisUrl} or http://127.0.0.1:3000/a@b:c@d`)
  t.equal(
    entries()[0].msg,
    'cannot connect to rediss://default:[redacted]@cache.internal:6379/0 or http://127.0.0.1:3000/a@b:c@d',
  )
})

t.test('other values are not redacted', async (t) => {
  const { logger, entries } = startLog()
  const said = { headers: { 'content-type': 'application/json', 'x-request-id': 'r1' }, authorized: true }
  logger.info(said, 'a valid API key is needed: send it as "Authorization: Bearer <key>" or as "x-api-key"')
  const [entry] = entries()
  t.match(entry, said)
  t.equal(entry.msg, 'a valid API key is needed: send it as "Authorization: Bearer <key>" or as "x-api-key"')
})

t.test('requests and errors logged by Fastify are redacted', async (t) => {
  const { logger, lines, entries } = startLog()
  const app = Fastify({ loggerInstance: logger })
  t.teardown(() => app.close())
  app.get('/fail', async (request) => {
    request.log.info({ req: request.raw, headers: request.headers }, 'request received')
    throw new DependencyUnavailable('bucket', new Error(`inner ${url}`))
  })
  const path = `/fail${new URL(url).search}`
  const { statusCode } = await app.inject({ url: path, headers })
  t.equal(statusCode, 500)
  t.ok(entries().some(({ err }) => err?.stack))
  for (const secret of secrets) t.notMatch(lines.join(''), secret)
})

t.test('an SDK error that contains the signed request is redacted', async (t) => {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end(`<Error><Code>SignatureDoesNotMatch</Code><Message>${url}</Message></Error>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'FwoGZXIvYXdz',
    },
  })
  t.teardown(() => client.destroy())
  const error = await createBucket(client, 'raw')
    .read('key')
    .catch((error: unknown) => error)
  const { logger, lines, entries } = startLog()
  logger.error({ err: error }, 'the error')
  logger.error({ err: (error as Error).cause }, 'its cause')
  t.match(entries()[1].err.message, /X-Amz-Algorithm/, 'the message of the store is kept')
  for (const secret of secrets) t.notMatch(lines.join(''), secret)
})

t.test('a single secret in a line is redacted, in upper and lower case', async (t) => {
  const secret = 'f00dfeed'.repeat(6)
  const alone: Record<string, object> = {
    'a signature': { at: `?X-Amz-Signature=${secret}` },
    'a credential': { at: `?x-amz-credential=${secret}` },
    'a session token': { at: `?X-AMZ-SECURITY-TOKEN=${secret}` },
    'a bearer token': { given: `bearer ${secret}` },
    'a bearer token in capitals': { given: `BEARER ${secret}` },
    'an API key': { given: `hg_${keyId}_${secret}` },
    'an API key in capitals': { given: `HG_${keyId}_${secret}` },
    'an authorization header': { Authorization: secret },
    'a key header': { 'X-API-Key': [secret] },
    'a cookie': { Cookie: secret },
  }
  for (const [title, fields] of Object.entries(alone)) {
    const { logger, lines, entries } = startLog()
    logger.info(fields)
    t.notMatch(lines[0], secret, title)
    t.match(lines[0], '[redacted]', title)
    t.equal(entries().length, 1)
  }
})
