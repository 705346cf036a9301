import { generateKeyPairSync, verify } from 'node:crypto'
import t from 'tap'
import { createPresignCdnDownload } from '../../uploads/presign-cdn-download.ts'

const origin = 'https://images-cdn.example.com'
const key = 'acme/9f86/20261122/recipe/thumb.webp'
const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const nextWeek = startMs / 1_000 + 7 * 86_400
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const own = ['Expires', 'Signature', 'Key-Pair-Id']

function create(ttlSeconds = 3_600) {
  const clock = { now: startMs }
  const presign = createPresignCdnDownload({
    url: origin,
    keyPairId: 'K2JCJMDEHXQW5F',
    privateKey,
    ttlSeconds,
    now: () => clock.now,
  })
  return { clock, presign }
}

/**
 * Whether CloudFront admits a request: it takes its own parameters out of the URL, builds the canned policy for the rest, and verifies the
 * signature and the time. Source: AWS, "Create a signed URL using a canned policy".
 */
function isAdmitted(url: string, atMs: number, key = publicKey): boolean {
  const [base = '', query = ''] = url.split('?')
  const parameters = query.split('&')
  const isOwn = (parameter: string) => own.some((name) => parameter.startsWith(`${name}=`))
  const kept = parameters.filter((parameter) => !isOwn(parameter))
  const { Expires, Signature = '' } = Object.fromEntries(
    parameters.filter(isOwn).map((parameter) => parameter.split('=', 2)),
  )
  const resource = kept.length > 0 ? `${base}?${kept.join('&')}` : base
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${Expires}}}}]}`
  const bytes = Buffer.from(
    Signature.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'),
    'base64',
  )
  return verify('RSA-SHA1', Buffer.from(policy), key, bytes) && atMs / 1_000 < Number(Expires)
}

t.test('CloudFront admits the URL until it expires', async (t) => {
  const { presign } = create()
  const { url, expiresAt } = await presign(key, nextWeek)
  t.equal(expiresAt, '2026-11-22T11:00:00.000Z')
  t.ok(isAdmitted(url, startMs))
  t.ok(isAdmitted(url, startMs + 3_599_000))
  t.notOk(isAdmitted(url, startMs + 3_600_000))
  t.ok(url.startsWith(`${origin}/${key}?`))
  t.equal(new URL(url).searchParams.get('Key-Pair-Id'), 'K2JCJMDEHXQW5F')
  t.match(url, /^[\w.~:/?&=%-]+$/, 'no character needs another encoding')
})

t.test('a signature is valid for one object only', async (t) => {
  const { url } = await create().presign(key, nextWeek)
  const altered: Record<string, string> = {
    "another tenant's object": url.replace('/acme/', '/other/'),
    'another image of the tenant': url.replace('/9f86/', '/0000/'),
    'another variant': url.replace('/thumb.', '/full.'),
    manifests: url.replace(/\/acme.*\?/, '/manifests/day=2026-11-22/acme/9f86.json?'),
    'a later end': url.replace(/Expires=(\d+)&/, (_, end) => `Expires=${Number(end) + 1}&`),
    'another time in caches': url.replace('22%20Nov', '23%20Nov').replace('29%20Nov', '30%20Nov'),
    'no time in caches': url.replace(/response-expires=[^&]+&/, ''),
    'another host': url.replace('images-cdn', 'images'),
  }
  for (const [what, other] of Object.entries(altered)) {
    t.not(other, url, what)
    t.notOk(isAdmitted(other, startMs), what)
  }
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey
  t.notOk(isAdmitted(url, startMs, stranger), 'signed with a different key')
})

t.test('neither the URL nor a cached object outlives the image', async (t) => {
  const { clock, presign } = create()
  for (const second of [0, 100, 899, 1_000]) {
    clock.now = startMs + second * 1_000
    const { url, expiresAt } = await presign(key, startMs / 1_000 + 1_234)
    t.equal(expiresAt, '2026-11-22T10:20:34.000Z')
    t.ok(isAdmitted(url, startMs + 1_233_000))
    t.notOk(isAdmitted(url, startMs + 1_234_000))
    const query = new URL(url).searchParams
    t.equal(query.get('response-expires'), 'Sun, 22 Nov 2026 10:20:34 GMT')
    t.equal(
      query.get('response-cache-control'),
      'immutable',
      'no `private`, because CloudFront would not cache the response',
    )
  }
})

t.test('a variant keeps its URL for a quarter of the lifetime', async (t) => {
  const { clock, presign } = create()
  const first = await presign(key, nextWeek)
  clock.now = startMs + 899_999
  t.strictSame(await presign(key, nextWeek), first)
  clock.now = startMs + 900_000
  t.not((await presign(key, nextWeek)).url, first.url)
})
