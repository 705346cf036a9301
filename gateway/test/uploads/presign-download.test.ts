import { S3Client } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { createPresignDownload } from '../../uploads/presign-download.ts'

const key = 'acme/9f86/20261122/recipe/thumb.webp'
const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const nextWeek = startMs / 1_000 + 7 * 86_400

interface Setup {
  ttlSeconds?: number
  credentialsExpireMs?: number
}

async function create(t: Test, { ttlSeconds = 3_600, credentialsExpireMs }: Setup = {}) {
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: {
      accessKeyId: 'access',
      secretAccessKey: 'secret',
      ...(credentialsExpireMs !== undefined && { expiration: new Date(credentialsExpireMs) }),
    },
  })
  t.teardown(() => s3.destroy())
  const clock = { now: startMs }
  const presign = await createPresignDownload(s3, { bucket: 'processed', ttlSeconds, now: () => clock.now })
  return { clock, presign }
}

t.test('a variant keeps its URL for a quarter of the lifetime', async (t) => {
  const { clock, presign } = await create(t)
  const first = await presign(key, nextWeek)
  clock.now = startMs + 899_999
  t.strictSame(await presign(key, nextWeek), first)
  clock.now = startMs + 900_000
  t.not((await presign(key, nextWeek)).url, first.url)
})

t.test('a URL is valid for at least three quarters of the lifetime', async (t) => {
  const { clock, presign } = await create(t)
  for (const second of [0, 1, 450, 899, 900, 901, 1_799]) {
    clock.now = startMs + second * 1_000
    const restMs = Date.parse((await presign(key, nextWeek)).expiresAt) - clock.now
    t.ok(restMs >= 2_700_000 && restMs <= 3_600_000, `${second} s after the hour: ${restMs} ms`)
  }
})

t.test('neither a URL nor a cache outlives the image', async (t) => {
  const { clock, presign } = await create(t)
  for (const second of [0, 100, 899, 1_000]) {
    clock.now = startMs + second * 1_000
    const imageExpires = startMs / 1_000 + 1_234
    const { url, expiresAt } = await presign(key, imageExpires)
    t.equal(expiresAt, '2026-11-22T10:20:34.000Z')
    const query = new URL(url).searchParams
    t.equal(query.get('response-expires'), 'Sun, 22 Nov 2026 10:20:34 GMT')
    t.equal(
      query.get('response-cache-control'),
      'private, immutable',
      'no max-age, which would count from each download',
    )
  }
})

t.test('a URL ends with the credentials that signed it', async (t) => {
  const { clock, presign } = await create(t, { credentialsExpireMs: startMs + 1_000_000 })
  clock.now = startMs + 600_000
  t.equal((await presign(key, nextWeek)).expiresAt, '2026-11-22T10:16:40.000Z')
})

t.test('the shortest lifetime also has a window', async (t) => {
  const { clock, presign } = await create(t, { ttlSeconds: 60 })
  const { url } = await presign(key, nextWeek)
  clock.now += 14_000
  t.equal((await presign(key, nextWeek)).url, url)
})
