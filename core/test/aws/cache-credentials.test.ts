import t from 'tap'
import { cacheCredentials } from '../../aws/cache-credentials.ts'

const minutes = 60_000

function openProvider(expiration?: () => Date) {
  let requests = 0
  const provider = async () => ({ accessKeyId: String(++requests), expiration: expiration?.() })
  return { provider, requests: () => requests }
}

t.test('credentials without an expiration are requested once', async (t) => {
  const { provider, requests } = openProvider()
  const find = cacheCredentials(provider)
  t.equal((await find()).accessKeyId, '1')
  t.notOk(find() instanceof Promise, 'cached credentials are returned without a promise')
  t.equal((await find()).accessKeyId, '1')
  t.equal(requests(), 1)
})

t.test('credentials are requested again five minutes before they expire', async (t) => {
  const clock = { now: 0 }
  const { provider } = openProvider(() => new Date(clock.now + 15 * minutes))
  const find = cacheCredentials(provider, () => clock.now)
  t.equal((await find()).accessKeyId, '1')
  clock.now = 10 * minutes - 1
  t.equal((await find()).accessKeyId, '1')
  clock.now = 10 * minutes
  t.equal((await find()).accessKeyId, '2')
  t.equal((await find()).accessKeyId, '2', 'the new ones are cached')
})

t.test('a failure is not cached', async (t) => {
  let fails = true
  const find = cacheCredentials(async () => {
    if (fails) throw new Error('no credentials')
    return { expiration: undefined }
  })
  await t.rejects(async () => find(), { message: 'no credentials' })
  fails = false
  t.strictSame(await find(), { expiration: undefined })
})

t.test('when renewal fails, credentials are used until they expire', async (t) => {
  const clock = { now: 0 }
  let isUp = true
  const provider = async () => {
    if (!isUp) throw new Error('no credentials')
    return { expiration: new Date(clock.now + 15 * minutes) }
  }
  const find = cacheCredentials(provider, () => clock.now)
  const first = await find()
  isUp = false
  clock.now = 15 * minutes - 1
  t.equal(await find(), first)
  clock.now = 15 * minutes
  await t.rejects(async () => find(), { message: 'no credentials' })
  isUp = true
  t.not(await find(), first)
})
