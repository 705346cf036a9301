import t from 'tap'
import { identifyByAny } from '../../auth/identify.ts'

const origin = { ip: '192.0.2.1', requestId: 'request-1' }
const saying = (way: string) => async (text: string) => ({
  id: `${way} ${text}`,
  tenant: 'local',
  scopes: [],
  requestsPerMinute: 1,
})
const both = identifyByAny({ byKey: saying('key'), byToken: saying('token') })

t.test(
  'credentials with the key prefix are a key, and only a bearer credential can be a token',
  async (t) => {
    const cases = [
      [{ bearer: 'hg_1' }, 'key hg_1'],
      [{ apiKey: 'hg_1' }, 'key hg_1'],
      [{ bearer: 'eyJ' }, 'token eyJ'],
      [{ apiKey: 'eyJ' }, 'key eyJ'],
      [{ bearer: 'eyJ', apiKey: '' }, 'token eyJ'],
      [{ bearer: 'eyJ', apiKey: 'hg_1' }, 'token eyJ'],
      [{ bearer: 'hg_2', apiKey: 'hg_1' }, 'key hg_2'],
    ] as const
    for (const [shown, id] of cases) t.equal((await both(shown, origin)).id, id, JSON.stringify(shown))
  },
)

t.test('no credentials are "missing", and a disabled method accepts none', async (t) => {
  const missing = { code: 'UNAUTHENTICATED', reason: 'missing' }
  for (const shown of [{}, { apiKey: '' }, { bearer: '' }]) await t.rejects(both(shown, origin), missing)
  const onlyTokens = identifyByAny({ byToken: saying('token') })
  await t.rejects(onlyTokens({ apiKey: 'hg_1' }, origin), { code: 'UNAUTHENTICATED', reason: 'malformed' })
  t.equal((await identifyByAny({ byKey: saying('key') })({ bearer: 'eyJ' }, origin)).id, 'key eyJ')
})
