import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import {
  generationAt,
  type ImageRef,
  imageIdPattern,
  manifestKey,
  nextGeneration,
  parseRawKey,
  rawKey,
  rawKeyOfVariant,
  tenantPattern,
  variantKey,
} from '../../images/object-key.ts'

const imageId = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const recipe = '5f0c9b1d7a3e8264'
const image: ImageRef = { tenant: 'local', imageId, generation: '20261122' }

const charOf = (alphabet: string) => fc.constantFrom(...alphabet)
const alphanumeric = charOf('abcdefghijklmnopqrstuvwxyz0123456789')
const images: fc.Arbitrary<ImageRef> = fc.record(
  {
    tenant: fc
      .tuple(alphanumeric, fc.string({ unit: fc.oneof(alphanumeric, fc.constant('-')), maxLength: 62 }))
      .map(([first, rest]) => first + rest)
      .filter((tenant) => tenant !== 'manifests'),
    imageId: fc.string({ unit: charOf('0123456789abcdef'), minLength: 64, maxLength: 64 }),
    generation: fc
      .tuple(fc.nat(2 ** 42).map(generationAt), fc.constantFrom('', '-2', '-10'))
      .map(([day, counter]) => day + counter),
  },
  { noNullPrototype: true },
)

t.test('keys have the documented layout', async (t) => {
  t.equal(rawKey(image), `local/${imageId}/20261122`)
  t.equal(variantKey(image, recipe, 'thumb', 'webp'), `local/${imageId}/20261122/${recipe}/thumb.webp`)
  t.equal(manifestKey(image), `manifests/day=2026-11-22/local/${imageId}.json`)
})

t.test('a raw key is parsed back to its image', async (t) => {
  fc.assert(fc.property(images, (one) => isDeepStrictEqual(parseRawKey(rawKey(one)), one)))
  fc.assert(fc.property(images, ({ tenant }) => new RegExp(tenantPattern).test(tenant)))
  t.pass('all were')
})

t.test('keys of variants and manifests are not raw keys, so they cannot trigger the processor', async (t) => {
  const isNoInput = (key: string) => parseRawKey(key) === undefined
  fc.assert(fc.property(images, (one) => isNoInput(variantKey(one, recipe, 'thumb', 'webp'))))
  fc.assert(fc.property(images, (one) => isNoInput(manifestKey(one))))
  t.pass('none was')
})

t.test('a variant of any recipe, or of none as in old keys, belongs to its original', async (t) => {
  const original = `local/${imageId}/20261122`
  t.equal(rawKeyOfVariant(variantKey(image, recipe, 'thumb', 'webp')), original)
  t.equal(rawKeyOfVariant(`${original}/thumb.webp`), original)
})

const foreignKeys = {
  empty: '',
  'one part': 'local',
  'no generation': `local/${imageId}`,
  'an empty generation': `local/${imageId}/`,
  'a generation that is too short': `local/${imageId}/2026112`,
  'a generation that is too long': `local/${imageId}/202611220`,
  'a generation with an empty counter': `local/${imageId}/20261122-`,
  'a generation with a counter from 0': `local/${imageId}/20261122-02`,
  'a generation with dashes': `local/${imageId}/2026-11-22`,
  'upper-case hex': `local/${imageId.toUpperCase()}/20261122`,
  'hex that is too short': `local/${imageId.slice(1)}/20261122`,
  'hex that is too long': `local/${imageId}0/20261122`,
  'letters that are not hex': `local/${imageId.slice(1)}g/20261122`,
  'no tenant': `/${imageId}/20261122`,
  'a tenant that begins with a dash': `-local/${imageId}/20261122`,
  'an upper-case tenant': `Local/${imageId}/20261122`,
  'a tenant that is too long': `${'a'.repeat(64)}/${imageId}/20261122`,
  'a tenant with dots': `../${imageId}/20261122`,
  'the prefix of the manifests': `manifests/${imageId}/20261122`,
  'something before': `x/local/${imageId}/20261122`,
  'a slash before': `/local/${imageId}/20261122`,
  'something after': `local/${imageId}/20261122/thumb.webp`,
  'a recipe after': `local/${imageId}/20261122/${recipe}/thumb.webp`,
  'a line break after': `local/${imageId}/20261122\n`,
  'another line before': `x\nlocal/${imageId}/20261122`,
  'digits of another script': `local/${imageId}/٢٠٢٦١١٢٢`,
  'a key that is still encoded': `local%2F${imageId}%2F20261122`,
}

t.test('invalid raw keys are not parsed', async (t) => {
  for (const [what, key] of Object.entries(foreignKeys)) t.equal(parseRawKey(key), undefined, what)
})

t.test('a raw key with one changed character is another image or invalid', async (t) => {
  const key = rawKey(image)
  for (let at = 0; at < key.length; at++) {
    for (const other of ['/', 'Z', '0', ' ']) {
      const changed = key.slice(0, at) + other + key.slice(at + 1)
      if (changed === key) continue
      const found = parseRawKey(changed)
      if (found) t.equal(rawKey(found), changed)
    }
  }
})

t.test('tenants are validated', async (t) => {
  const isTenant = (tenant: string) => new RegExp(tenantPattern).test(tenant)
  for (const tenant of ['a', '0', 'local', 'a-b', 'a'.repeat(63), 'manifests2', 'my-manifests']) {
    t.ok(isTenant(tenant), tenant)
    t.ok(parseRawKey(rawKey({ ...image, tenant })), tenant)
  }
  for (const tenant of ['', 'manifests', '-a', 'A', 'a/b', 'a_b', 'a.b', 'ä', 'a'.repeat(64), 'a\n']) {
    t.notOk(isTenant(tenant), JSON.stringify(tenant))
    t.notOk(parseRawKey(rawKey({ ...image, tenant })), JSON.stringify(tenant))
  }
})

t.test('image ids are validated', async (t) => {
  const isImageId = (id: string) => new RegExp(imageIdPattern).test(id)
  t.ok(isImageId(imageId))
  for (const id of ['', imageId.slice(1), `${imageId}0`, imageId.toUpperCase(), `${imageId}\n`]) {
    t.notOk(isImageId(id), JSON.stringify(id))
  }
})

t.test('a generation is a UTC day', async (t) => {
  t.equal(generationAt(Date.UTC(2026, 10, 22)), '20261122')
  t.equal(generationAt(Date.UTC(2026, 10, 23) - 1), '20261122')
  t.equal(generationAt(Date.UTC(2026, 10, 23)), '20261123')
  t.equal(generationAt(Date.UTC(2026, 11, 31, 23, 59, 59, 999)), '20261231')
  t.equal(generationAt(Date.UTC(2028, 1, 29)), '20280229')
})

t.test('each further upload of a record has a new generation', async (t) => {
  t.equal(nextGeneration('20261122'), '20261122-2')
  t.equal(nextGeneration('20261122-2'), '20261122-3')
  t.equal(nextGeneration('20261122-9'), '20261122-10')
  const again = { ...image, generation: '20261122-2' }
  t.equal(rawKey(again), `local/${imageId}/20261122-2`)
  t.strictSame(parseRawKey(rawKey(again)), again)
  t.equal(manifestKey(again), manifestKey(image), 'one manifest per record')
})
