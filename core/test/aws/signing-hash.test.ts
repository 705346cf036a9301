import { createHash, createHmac, randomBytes } from 'node:crypto'
import t from 'tap'
import { SigningHash } from '../../aws/signing-hash.ts'

const data = Buffer.from('what is signed')

async function hashWith(secret?: ConstructorParameters<typeof SigningHash>[0]): Promise<string> {
  const hash = new SigningHash(secret)
  hash.update(data)
  return Buffer.from(await hash.digest()).toString('hex')
}

t.test('SHA-256 without a secret, HMAC-SHA-256 with a secret of any type', async (t) => {
  const bytes = randomBytes(32)
  const hmac = createHmac('sha256', bytes).update(data).digest('hex')
  t.equal(await hashWith(), createHash('sha256').update(data).digest('hex'))
  t.equal(await hashWith(bytes), hmac)
  t.equal(await hashWith(new Uint8Array(bytes)), hmac)
  t.equal(await hashWith(new Uint8Array(bytes).buffer), hmac)
  t.equal(
    await hashWith(Buffer.concat([Buffer.alloc(8), bytes]).subarray(8)),
    hmac,
    'a view into a larger buffer',
  )
})

t.test('cached keys are not mixed up', async (t) => {
  for (const secret of ['', 'AWS4first', 'AWS4second', 'AWS4first', 'ключ']) {
    t.equal(await hashWith(secret), createHmac('sha256', secret).update(data).digest('hex'), secret)
  }
  const [first, second] = [randomBytes(32), randomBytes(32)]
  for (const secret of [first, second, first]) {
    t.equal(await hashWith(secret), createHmac('sha256', secret).update(data).digest('hex'))
  }
})

t.test('reset starts a new hash', async (t) => {
  const hash = new SigningHash('secret')
  hash.update(Buffer.from('something else'))
  await hash.digest()
  hash.reset()
  hash.update(data)
  t.equal(Buffer.from(await hash.digest()).toString('hex'), await hashWith('secret'))
})
