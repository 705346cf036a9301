import { join } from 'node:path'
import t from 'tap'
import { ConfigError } from '../../config/read-config.ts'
import { readVariants } from '../../images/read-variants.ts'
import { variants } from '../../images/variants.ts'

function errorsOf(table: unknown): string[] {
  const setting = typeof table === 'string' ? table : JSON.stringify(table)
  try {
    readVariants(setting)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

t.test('the default variants are thumb, medium and large', async (t) => {
  for (const setting of [undefined, '', ' ']) t.equal(readVariants(setting), variants)
  t.strictSame(errorsOf(variants), [], 'they are valid as a setting')
  const webp = { format: 'webp', animated: false }
  t.strictSame(variants, [
    { name: 'thumb', width: 256, height: 256, fit: 'cover', quality: 80, effort: 4, ...webp },
    { name: 'medium', width: 1024, height: 1024, fit: 'inside', quality: 80, effort: 2, ...webp },
    { name: 'large', width: 2048, height: 2048, fit: 'inside', quality: 79, effort: 2, ...webp },
  ])
})

t.test('only the name and the bounds are required', async (t) => {
  t.strictSame(readVariants('[{"name":"tile","width":300,"height":200}]'), [
    {
      name: 'tile',
      width: 300,
      height: 200,
      fit: 'inside',
      format: 'webp',
      quality: 80,
      effort: 2,
      animated: false,
    },
  ])
})

t.test('given fields replace the defaults', async (t) => {
  const said = [
    {
      name: 'share-1200',
      width: 1200,
      height: 630,
      fit: 'cover',
      format: 'jpeg',
      quality: 70,
      effort: 6,
      background: '#0a0b0c',
      animated: false,
    },
    { name: 'moving', width: 1, height: 8192, format: 'same', animated: true },
  ]
  t.match(readVariants(JSON.stringify(said)), said)
})

t.test('the largest AVIF is accepted', async (t) => {
  for (const format of ['avif', 'same']) {
    t.strictSame(errorsOf([{ name: 'a', width: 4096, height: 4096, format }]), [])
  }
  t.strictSame(errorsOf([{ name: 'a', width: 8192, height: 8192, format: 'webp' }]), [])
})

t.test('the setting can be the path of a file', async (t) => {
  const folder = t.testdir({ 'variants.json': '[{"name":"a","width":1,"height":2}]', 'broken.json': '[{' })
  t.match(readVariants(join(folder, 'variants.json')), [{ name: 'a', width: 1, height: 2 }])
  t.match(errorsOf(join(folder, 'broken.json')), [/^VARIANTS is not JSON: /])
  t.strictSame(errorsOf(join(folder, 'none.json')), [
    'VARIANTS is neither a JSON array nor a readable file (ENOENT).',
  ])
  t.strictSame(errorsOf(folder), ['VARIANTS is neither a JSON array nor a readable file (EISDIR).'])
})

t.test('an array may have white space around it', async (t) => {
  t.match(readVariants('\n [{"name":"a","width":1,"height":2}] \n'), [{ name: 'a', width: 1, height: 2 }])
})

t.test('a file that holds a single variant instead of an array is rejected', async (t) => {
  const folder = t.testdir({ 'single.json': '{"name":"a","width":1,"height":2}' })
  t.strictSame(errorsOf(join(folder, 'single.json')), ['VARIANTS must be a JSON array of 1 to 16 variants.'])
})

const fine = { name: 'a', width: 1, height: 1 }

t.test('each error is named', async (t) => {
  const cases: [entry: object, message: string][] = [
    [{ width: 1, height: 1 }, 'VARIANTS[0].name is not set.'],
    [{ ...fine, width: 0 }, 'VARIANTS[0].width must be an integer from 1 to 8192.'],
    [{ ...fine, height: 8193 }, 'VARIANTS[0].height must be an integer from 1 to 8192.'],
    [{ ...fine, width: 1.5 }, 'VARIANTS[0].width must be an integer from 1 to 8192.'],
    [{ ...fine, gainMap: true }, 'VARIANTS[0].gainMap requires the format jpeg and the fit inside.'],
    [
      { ...fine, format: 'jpeg', background: '#ffffff', fit: 'cover', gainMap: true },
      'VARIANTS[0].gainMap requires the format jpeg and the fit inside.',
    ],
    [{ ...fine, fit: 'contain' }, 'VARIANTS[0].fit must be one of cover, inside.'],
    [{ ...fine, format: 'gif' }, 'VARIANTS[0].format must be one of webp, avif, jpeg, png, same.'],
    [{ ...fine, quality: 101 }, 'VARIANTS[0].quality must be an integer from 1 to 100.'],
    [{ ...fine, effort: 7 }, 'VARIANTS[0].effort must be an integer from 0 to 6.'],
    [
      { ...fine, background: 'white' },
      'VARIANTS[0].background must be a colour such as #ffffff, in lower case.',
    ],
    [{ ...fine, animated: 'yes' }, 'VARIANTS[0].animated must be true or false.'],
    [{ ...fine, colour: 'red' }, 'VARIANTS[0].colour is not a field of a variant.'],
    [{ ...fine, format: 'jpeg' }, 'VARIANTS[0].background is not set: a JPEG has no transparency.'],
    [
      { ...fine, width: 4097, height: 4096, format: 'avif' },
      'VARIANTS[0] is too large for an AVIF: width × height must be <= 16777216.',
    ],
    [
      { ...fine, width: 8192, height: 8192, format: 'same' },
      'VARIANTS[0] is too large for an AVIF: width × height must be <= 16777216.',
    ],
    [
      { ...fine, format: 'avif', animated: true },
      'VARIANTS[0].animated requires the format webp or same: AVIF, JPEG and PNG variants are still images.',
    ],
    [
      { ...fine, fit: 'cover', position: 'left' },
      'VARIANTS[0].position must be one of center, attention, entropy.',
    ],
    [
      { ...fine, position: 'entropy' },
      'VARIANTS[0].position requires the fit cover, and animated must be false.',
    ],
    [
      { ...fine, fit: 'cover', animated: true, position: 'attention' },
      'VARIANTS[0].position requires the fit cover, and animated must be false.',
    ],
    [
      { ...fine, format: 'same', color: 'p3' },
      'VARIANTS[0].color p3 requires the format webp, avif, jpeg or png, and animated must be false.',
    ],
    [{ ...fine, linear: 1 }, 'VARIANTS[0].linear must be true or false.'],
  ]
  for (const [entry, message] of cases) t.strictSame(errorsOf([entry]), [message])
})

t.test('names are safe in a key and a URL', async (t) => {
  for (const name of ['', 'A', '../b', 'a/b', 'a b', 'a.b', '-a', 'ä', 'a'.repeat(33)]) {
    t.match(errorsOf([{ ...fine, name }]), [/^VARIANTS\[0\]\.name must be 1 to 32 lower-case letters/], name)
  }
  for (const name of ['a', '2x', 'share-1200', 'a'.repeat(32)])
    t.strictSame(errorsOf([{ ...fine, name }]), [])
})

t.test('a set of widths becomes one variant per width', async (t) => {
  const widths = [1280, 320, 640]
  const set = { name: 'hero', widths, format: 'avif', quality: 60 }
  const expected = { fit: 'inside', format: 'avif', quality: 60, height: 8192, widths: [320, 640, 1280] }
  t.match(readVariants(JSON.stringify([{ name: 'a', width: 1, height: 2 }, set])), [
    { name: 'a', width: 1, height: 2 },
    { ...expected, name: 'hero-320', width: 320 },
    { ...expected, name: 'hero-640', width: 640 },
    { ...expected, name: 'hero-1280', width: 1280 },
  ])
  const large = JSON.stringify([{ ...set, widths: [320, 8192] }])
  t.match(readVariants(large), [{ height: 2048 }, { height: 2048 }], 'an AVIF has at most 4096 × 4096 pixels')
})

t.test('each error of a set of widths is named', async (t) => {
  const set = { name: 'hero', widths: [320, 640] }
  const list = 'VARIANTS[0].widths must be a list of 1 to 16 different integers from 1 to 8192.'
  const cases: [entry: object, message: string][] = [
    [{ ...set, widths: [] }, list],
    [{ ...set, widths: [320, 320] }, list],
    [{ ...set, widths: [0, 9000, 1.5] }, list],
    [{ ...set, widths: '320' }, list],
    [
      { ...set, width: 320 },
      'VARIANTS[0].width cannot be combined with widths: the height follows from the image.',
    ],
    [
      { ...set, height: 320 },
      'VARIANTS[0].height cannot be combined with widths: the height follows from the image.',
    ],
    [{ ...set, fit: 'cover' }, 'VARIANTS[0].widths requires the fit inside.'],
    [
      { ...set, name: 'a'.repeat(29) },
      `VARIANTS[0].name is too long: ${'a'.repeat(29)}-320 has more than 32 characters.`,
    ],
  ]
  for (const [entry, message] of cases) t.match(errorsOf([entry]), [message])
  const clash = { ...fine, name: 'hero-640' }
  t.strictSame(errorsOf([set, clash]), ['VARIANTS[1].name is used twice.'])
  t.strictSame(errorsOf([clash, set]), ['VARIANTS[1].name is used twice.'])
  const widths = Array.from({ length: 16 }, (_, index) => index + 1)
  t.strictSame(errorsOf([fine, { ...set, widths }]), [
    'VARIANTS has 17 variants, with those of its widths; the maximum is 16.',
  ])
})

t.test('all errors are reported together', async (t) => {
  const messages = errorsOf([
    { ...fine, quality: 0, effort: -1 },
    { width: 1 },
    fine,
    'large',
    { ...fine, name: 'b', format: 'jpeg' },
  ])
  t.strictSame(messages.sort(), [
    'VARIANTS[0].effort must be an integer from 0 to 6.',
    'VARIANTS[0].quality must be an integer from 1 to 100.',
    'VARIANTS[1].height is not set.',
    'VARIANTS[1].name is not set.',
    'VARIANTS[2].name is used twice.',
    'VARIANTS[3] must be a JSON object.',
    'VARIANTS[4].background is not set: a JPEG has no transparency.',
  ])
})

t.test('a table has one to sixteen entries', async (t) => {
  t.match(errorsOf([]), ['VARIANTS must be a JSON array of 1 to 16 variants.'])
  const many = Array.from({ length: 17 }, (_, index) => ({ ...fine, name: `v${index}` }))
  t.match(errorsOf(many), ['VARIANTS must be a JSON array of 1 to 16 variants.'])
  t.strictSame(errorsOf(many.slice(1)), [])
})
