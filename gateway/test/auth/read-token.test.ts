import t, { type Test } from 'tap'
import { createTestApp, sha256, testNow } from '../../../scripts/testkit/create-test-app.ts'
import { createReadTokens } from '../../auth/read-token.ts'

const secret = 'a secret of at least 32 characters'.replaceAll(' ', '-')
const otherImage = 'f'.repeat(64)
const url = `/v1/images/${sha256}`
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

/** A gateway that issues read tokens, and its response to an upload request with an upload-only key. */
async function startUpload(t: Test) {
  const clock = { now: testNow }
  const readTokens = createReadTokens(secret, () => clock.now)
  const { app, keys, lines, records } = await createTestApp(t, {
    dependencies: { readTokens },
    config: { LOG_LEVEL: 'info' },
  })
  const { text: uploadKey } = keys.make({ scopes: ['upload'] })
  const request = () =>
    app.inject({
      method: 'POST',
      url: '/v1/uploads',
      headers: bearer(uploadKey),
      payload: { sha256, byteLength: 5, contentType: 'image/png' },
    })
  const { readToken, imageId } = (await request()).json()
  return { app, uploadKey, readToken, imageId, clock, lines, records, request, readTokens }
}

t.test('an upload-only key reads its own image with the token from the response', async (t) => {
  const { app, uploadKey, readToken } = await startUpload(t)
  t.equal(
    (await app.inject({ url, headers: bearer(uploadKey) })).statusCode,
    403,
    'the key itself lacks the scope `read`',
  )
  for (const query of ['', '?wait=0']) {
    const response = await app.inject({ url: url + query, headers: bearer(readToken) })
    t.equal(response.statusCode, 200)
    t.match(response.json(), { imageId: sha256, status: 'pending' })
  }
})

t.test('a read token permits nothing else', async (t) => {
  const { app, readToken } = await startUpload(t)
  const refused = [
    { url: `/v1/images/${otherImage}` },
    { url: '/v1/images' },
    { url: `${url}/complete`, method: 'POST' as const },
    {
      url: '/v1/uploads',
      method: 'POST' as const,
      payload: { sha256, byteLength: 5, contentType: 'image/png' },
    },
  ]
  for (const call of refused) {
    const response = await app.inject({ ...call, headers: bearer(readToken) })
    t.equal(response.statusCode, 401, call.url)
    t.equal(response.json().code, 'UNAUTHENTICATED')
  }
})

t.test('a read token expires after an hour', async (t) => {
  const { app, readToken, clock } = await startUpload(t)
  clock.now += 3_599_000
  t.equal((await app.inject({ url, headers: bearer(readToken) })).statusCode, 200)
  clock.now += 1_000
  const response = await app.inject({ url, headers: bearer(readToken) })
  t.equal(response.statusCode, 401)
  t.equal(response.json().detail, 'It has expired.')
})

t.test('a modified, foreign or malformed read token is rejected', async (t) => {
  const { app, readToken, readTokens } = await startUpload(t)
  const forged = createReadTokens(secret.toUpperCase(), () => testNow)
  const [tenant, expiry, mac] = readToken.slice('hgr_'.length).split('.')
  for (const token of [
    forged.issue(tenant, sha256),
    readTokens.issue('another-tenant', sha256).replace('another-tenant', tenant),
    `hgr_${tenant}.${Number(expiry) + 1}.${mac}`,
    `hgr_${tenant}.${expiry}.${mac.slice(1)}`,
    'hgr_',
    `hgr_${tenant}`,
  ]) {
    t.equal((await app.inject({ url, headers: bearer(token) })).statusCode, 401, token)
  }
})

t.test('all gateways with the same secret accept a token', async (t) => {
  const other = createReadTokens(secret, () => testNow)
  const { app, readToken } = await startUpload(t)
  t.equal(other.verify(readToken, sha256).requestsPerMinute > 0, true)
  t.ok((await app.inject({ url, headers: bearer(readToken) })).statusCode === 200)
})

t.test(
  'the response for a duplicate has no read token, because another caller uploaded the image',
  async (t) => {
    const { records, request } = await startUpload(t)
    for (const record of records.values()) record.status = 'processing'
    const answer = (await request()).json()
    t.equal(answer.duplicate, true)
    t.notOk(answer.readToken)
  },
)

t.test('without a secret there are no read tokens, and none is accepted', async (t) => {
  const { readToken } = await startUpload(t)
  const { app } = await createTestApp(t)
  t.equal((await app.inject({ url, headers: bearer(readToken) })).statusCode, 401)
})

t.test('a read token is never logged', async (t) => {
  const { app, readToken, lines } = await startUpload(t)
  await app.inject({ url: `${url}?token=${readToken}`, headers: bearer(readToken) })
  app.log.info({ readToken }, `the token is ${readToken}`)
  t.notMatch(JSON.stringify(lines), readToken.split('.').at(-1))
})
