import fc from 'fast-check'
import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import {
  createTestApp,
  sha256,
  testConfig,
  testNow,
  withKey,
} from '../../../scripts/testkit/create-test-app.ts'

const good = { sha256, byteLength: 5, contentType: 'image/png' }
const post = (payload: unknown) => ({
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: payload as object,
})

t.test('grants an upload, creates its record and publishes its event', async (t) => {
  const { app, records, published } = await createTestApp(t)
  const response = await app.inject(post({ ...good, fileName: 'a.png' }))
  t.equal(response.statusCode, 201)
  const { imageId, status, duplicate, expiresAt, upload } = response.json()
  t.equal(imageId, sha256)
  t.equal(status, 'pending')
  t.equal(duplicate, false)
  t.equal(expiresAt, new Date(testNow + 7 * 86_400_000).toISOString())
  t.match(upload.url, `/raw-bucket/local/${sha256}/20261122?`)
  t.equal(upload.expiresInSeconds, testConfig.PRESIGN_TTL_SECONDS)
  t.match(records.get(`local#${sha256}`), { status: 'pending', byteLength: 5, fileName: 'a.png' })
  t.match(published, [{ type: 'hashgate.image.upload.requested.v1', subject: sha256 }])
})

t.test('a repeated request before the upload gets a new URL for the same key', async (t) => {
  const { app, clock, records } = await createTestApp(t)
  const first = (await app.inject(post(good))).json()
  clock.now += 86_400_000
  const second = await app.inject(post(good))
  t.equal(second.statusCode, 201)
  t.not(second.json().upload.url, first.upload.url)
  t.equal(new URL(second.json().upload.url).pathname, new URL(first.upload.url).pathname)
  t.equal(records.size, 1)
})

t.test('a hash in any letter case is the same image, and its checksum is signed', async (t) => {
  const { app, records } = await createTestApp(t)
  const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const isUpper = fc.array(fc.boolean(), { minLength: 64, maxLength: 64 })
  const property = fc.asyncProperty(digest, isUpper, async (bytes, upper) => {
    const imageId = Buffer.from(bytes).toString('hex')
    const inSomeCase = Array.from(imageId, (digit, at) => (upper[at] ? digit.toUpperCase() : digit)).join('')
    const { upload, ...answer } = (await app.inject(post({ ...good, sha256: inSomeCase }))).json()
    const checksum = Buffer.from(upload.headers['x-amz-checksum-sha256'], 'base64')
    return answer.imageId === imageId && checksum.equals(bytes) && records.has(`local#${imageId}`)
  })
  await fc.assert(property)
  t.equal(records.size > 90, true, 'many images')
})

t.test('an invalid hash is rejected', async (t) => {
  const { app, records } = await createTestApp(t)
  const isHash = (text: string) => /^[0-9a-f]{64}$/i.test(text)
  const almost = fc.string({
    unit: fc.constantFrom(...'0123456789abcdefgz-\n'),
    minLength: 63,
    maxLength: 65,
  })
  const others = fc.oneof(fc.string(), almost).filter((text) => !isHash(text))
  const property = fc.asyncProperty(others, async (text) => {
    const { code, errors } = (await app.inject(post({ ...good, sha256: text }))).json()
    return code === 'VALIDATION_FAILED' && errors[0].field === 'sha256'
  })
  await fc.assert(property)
  t.equal(records.size, 0)
})

t.test('a duplicate gets no URL and no event, and its expiry is unchanged', async (t) => {
  const { app, clock, records, published } = await createTestApp(t)
  await app.inject(post(good))
  const record = records.get(`local#${sha256}`)
  t.ok(record)
  const expiresAt = new Date(testNow + 7 * 86_400_000).toISOString()
  clock.now += 3 * 86_400_000
  published.length = 0

  Object.assign(record ?? {}, { status: 'processing' })
  const processing = await app.inject(post(good))
  t.equal(processing.statusCode, 200)
  t.strictSame(processing.json(), { imageId: sha256, status: 'processing', duplicate: true, expiresAt })

  const variants = [
    {
      name: 'thumb',
      key: 'local/x/thumb.webp',
      width: 2,
      height: 3,
      byteLength: 9,
      contentType: 'image/webp',
    },
  ]
  const image = {
    format: 'png',
    width: 20,
    height: 30,
    placeholder: 'aa',
    dominantColor: '#010203',
    variants,
  }
  Object.assign(record ?? {}, { status: 'ready', image })
  const ready = (await app.inject(post(good))).json()
  t.match(ready, { status: 'ready', duplicate: true, image: { status: 'ready', width: 20, format: 'png' } })
  t.match(ready.image.variants, [{ name: 'thumb', width: 2, byteLength: 9 }])
  t.match(ready.image.variants[0].url, '/processed-bucket/local/x/thumb.webp?')
  t.notOk('key' in ready.image.variants[0], 'object keys are not exposed')

  const rejection = { reason: 'image_corrupt', detail: 'It is cut off.' }
  Object.assign(record ?? {}, { status: 'rejected', rejection, image: undefined })
  t.match((await app.inject(post(good))).json(), { status: 'rejected', duplicate: true, rejection })
  t.strictSame(published, [])
  t.equal(record?.duplicates, 3, 'each duplicate is counted')
})

t.test('a duplicate that cannot be counted is still answered', async (t) => {
  const { app, catalog, records } = await createTestApp(t)
  await app.inject(post(good))
  Object.assign(records.get(`local#${sha256}`) ?? {}, { status: 'processing' })
  catalog.countDuplicate = () => Promise.reject(new DependencyUnavailable('catalog', new Error('throttled')))
  const response = await app.inject(post(good))
  t.equal(response.statusCode, 200)
  t.match(response.json(), { duplicate: true })
})

t.test('names every invalid field', async (t) => {
  const { app, records } = await createTestApp(t)
  const bad: [string, object, string[]][] = [
    ['not 64 hex digits', { ...good, sha256: 'abc' }, ['sha256']],
    ['no bytes', { ...good, byteLength: 0 }, ['byteLength']],
    ['over the limit', { ...good, byteLength: testConfig.MAX_UPLOAD_BYTES + 1 }, ['byteLength']],
    ['a number as text', { ...good, byteLength: '5' }, ['byteLength']],
    ['unknown type', { ...good, contentType: 'image/svg+xml' }, ['contentType']],
    ['extra field', { ...good, colour: 'red' }, ['colour']],
    ['nothing', {}, ['sha256', 'byteLength', 'contentType']],
    ['all at once', { sha256: 1, byteLength: -1, x: 1 }, ['contentType', 'x', 'sha256', 'byteLength']],
  ]
  for (const [name, payload, fields] of bad) {
    const response = await app.inject(post(payload))
    t.equal(response.statusCode, 400, name)
    t.equal(response.headers['content-type'], 'application/problem+json', name)
    const { code, errors } = response.json()
    t.equal(code, 'VALIDATION_FAILED', name)
    t.strictSame(
      [...new Set(errors.map(({ field }: { field: string }) => field))].sort(),
      fields.sort(),
      name,
    )
  }
  t.equal(records.size, 0)
})

t.test(
  'while Kafka is unavailable, the upload is granted and its event is pending in the record',
  async (t) => {
    const publish = async () => {
      throw new DependencyUnavailable('events', new Error('broker 10.0.0.7 is down'))
    }
    const { app, records } = await createTestApp(t, {
      dependencies: { events: { publish, ping: async () => {} } },
    })
    const response = await app.inject(post(good))
    t.equal(response.statusCode, 201)
    t.notMatch(response.body, '10.0.0.7')
    t.match(records.get(`local#${sha256}`)?.pendingEvents, [{ type: 'hashgate.image.upload.requested.v1' }])
  },
)

t.test(
  'while the catalog is unavailable, requests get 503 with Retry-After, and a later one succeeds',
  async (t) => {
    let away = true
    const { app, catalog } = await createTestApp(t)
    const { register } = catalog
    catalog.register = async (request) => {
      if (away) throw new DependencyUnavailable('catalog', new Error('the table at 10.0.0.7 is unreachable'))
      return register(request)
    }
    const refused = await app.inject(post(good))
    t.equal(refused.statusCode, 503)
    t.match(refused.headers, { 'retry-after': '2', 'content-type': 'application/problem+json' })
    t.equal(refused.json().code, 'DEPENDENCY_UNAVAILABLE')
    t.notMatch(refused.body, '10.0.0.7', 'internal messages are not exposed')
    t.notMatch(refused.body, 'X-Amz-Signature', 'no URL is issued')
    away = false
    t.equal((await app.inject(post(good))).statusCode, 201)
  },
)

t.test('an unexpected error is a 500 without details', async (t) => {
  const publish = async () => {
    throw new TypeError('secret of the house')
  }
  const { app } = await createTestApp(t, { dependencies: { events: { publish, ping: async () => {} } } })
  const response = await app.inject(post(good))
  t.equal(response.statusCode, 500)
  t.equal(response.json().code, 'INTERNAL_ERROR')
  t.notMatch(response.body, 'secret')
})

t.test('a file of exactly the maximum size is accepted', async (t) => {
  const { app } = await createTestApp(t)
  const { statusCode } = await app.inject(post({ ...good, byteLength: testConfig.MAX_UPLOAD_BYTES }))
  t.equal(statusCode, 201)
})

t.test('granted uploads, duplicates and the bytes they save are counted', async (t) => {
  const { app, admin, records } = await createTestApp(t)
  await app.inject(post(good))
  const record = records.get(`local#${sha256}`)
  if (record) record.status = 'rejected'
  await app.inject(post(good))
  const { body } = await admin.inject('/metrics')
  t.match(body, /^hashgate_uploads_total\{outcome="granted"\} 1$/m)
  t.match(body, /^hashgate_uploads_total\{outcome="duplicate"\} 1$/m)
  t.match(body, /^hashgate_bytes_saved_total 5$/m)
})

t.test('an unpaired surrogate in a file name is replaced', async (t) => {
  const { app, records } = await createTestApp(t)
  const fileName = `beach ${'🖼'.slice(0, 1)}.png`
  t.equal((await app.inject(post({ ...good, fileName }))).statusCode, 201)
  t.match(records.get(`local#${sha256}`), { fileName: 'beach \ufffd.png' })
})

t.test('HEIC is accepted with both media types if it is turned on', async (t) => {
  const { app, records } = await createTestApp(t, { config: { HEIC: 'on' } })
  for (const contentType of ['image/heic', 'image/heif']) {
    const response = await app.inject(post({ ...good, contentType }))
    t.equal(response.statusCode, 201)
    t.equal(response.json().upload.headers['content-type'], contentType)
    t.match(records.get(`local#${sha256}`), { contentType })
  }
})

t.test('if HEIC is turned off, the response has advice for users and operators', async (t) => {
  const { app, records, published } = await createTestApp(t, { config: { HEIC: 'off' } })
  for (const contentType of ['image/heic', 'image/heif']) {
    const response = await app.inject(post({ ...good, contentType }))
    t.equal(response.statusCode, 422)
    t.match(response.json(), { code: 'HEIC_NOT_ENABLED', title: /"Most Compatible".*HEIC=on/ })
  }
  t.equal(records.size + published.length, 0, 'nothing is stored or published')
  t.equal((await app.inject(post(good))).statusCode, 201, 'other types are accepted')
})
