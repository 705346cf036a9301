import { hash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { generateKey, hasSecret, parseKey } from '../../api-keys/api-key.ts'

t.test('a key consists of an id and a secret, of which only the hash is stored', async (t) => {
  const { keyId, secretHash, text } = generateKey()
  const shown = parseKey(text)
  t.equal(text, `hg_${keyId}_${shown?.secret}`)
  t.equal(shown?.keyId, keyId)
  t.equal(secretHash, hash('sha256', shown?.secret ?? ''))
  t.notMatch(secretHash, shown?.secret)
  t.not(generateKey().text, text)
})

t.test('only the right secret matches', async (t) => {
  const key = generateKey()
  const { secret = '' } = parseKey(key.text) ?? {}
  t.ok(hasSecret(key, secret))
  const others = fc.string().filter((other) => other !== secret)
  fc.assert(fc.property(others, (other) => !hasSecret(key, other)))
})

t.test('a generated key can be parsed', async () => {
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
  fc.assert(
    fc.property(hex(12), hex(48), (keyId, secret) => {
      const shown = parseKey(`hg_${keyId}_${secret}`)
      return shown?.keyId === keyId && shown.secret === secret
    }),
  )
})

t.test('any other text is not a key', async (t) => {
  const { text } = generateKey()
  const changes = fc.oneof(
    fc.string(),
    fc.string({ minLength: 1 }).map((more) => text + more),
    fc.string({ minLength: 1 }).map((more) => more + text),
    fc.nat(text.length - 1).map((end) => text.slice(0, end)),
    fc.constantFrom(text.toUpperCase(), `${text}\n`, text.replace('_', '-'), `hg_${text}`),
  )
  fc.assert(fc.property(changes, (other) => parseKey(other) === undefined))
  t.pass('none was')
})
