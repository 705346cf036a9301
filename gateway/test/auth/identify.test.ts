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

t.test('what begins like a key is one, and only a bearer can be a token', async (t) => {
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
})

t.test('nothing shown is missing, and a way that is off knows nobody', async (t) => {
  const missing = { code: 'UNAUTHENTICATED', reason: 'missing' }
  for (const shown of [{}, { apiKey: '' }, { bearer: '' }]) await t.rejects(both(shown, origin), missing)
  const onlyTokens = identifyByAny({ byToken: saying('token') })
  await t.rejects(onlyTokens({ apiKey: 'hg_1' }, origin), { code: 'UNAUTHENTICATED', reason: 'malformed' })
  t.equal((await identifyByAny({ byKey: saying('key') })({ bearer: 'eyJ' }, origin)).id, 'key eyJ')
})
