import t from 'tap'
import { makeSrcset } from '../../packages/client/src/make-srcset.ts'
import type { Variant } from '../../packages/client/src/types.ts'

const variant = (name: string, width: number): Variant => ({
  name,
  width,
  height: 10,
  byteLength: 100,
  contentType: 'image/webp',
  url: `https://store/${name}.webp?X-Amz-Signature=ab`,
  urlExpiresAt: '2026-11-22T10:15:00.000Z',
})

t.test('has the variants of the set, narrowest first, each with its own width', async (t) => {
  const variants = [
    variant('hero-1280', 1000),
    variant('hero-320', 320),
    variant('thumb', 256),
    variant('hero', 2048),
    variant('hero-wide-640', 640),
    variant('superhero-640', 640),
  ]
  t.equal(
    makeSrcset({ variants }, 'hero'),
    'https://store/hero-320.webp?X-Amz-Signature=ab 320w, https://store/hero-1280.webp?X-Amz-Signature=ab 1000w',
  )
  t.equal(makeSrcset({ variants }, 'hero-wide'), 'https://store/hero-wide-640.webp?X-Amz-Signature=ab 640w')
})

t.test('is empty without variants of the set', async (t) => {
  t.equal(makeSrcset({}, 'hero'), '')
  t.equal(makeSrcset({ variants: [variant('thumb', 256)] }, 'hero'), '')
})

t.test('the name of a single variant selects only that one', async (t) => {
  const variants = [variant('thumb', 256), variant('large', 2048)]
  t.equal(makeSrcset({ variants }, 'thumb'), 'https://store/thumb.webp?X-Amz-Signature=ab 256w')
})

t.test('without a set, has the variants that show the whole image', async (t) => {
  const whole = { width: 4000, height: 2666 }
  const sized = (name: string, width: number, height: number, rest: Partial<Variant> = {}): Variant => ({
    ...variant(name, width),
    height,
    ...rest,
  })
  const variants = [
    sized('large', 2048, 1365),
    sized('square', 3000, 3000),
    sized('medium', 1024, 683),
    sized('medium-again', 1024, 683),
    sized('print', 1800, 1200, { contentType: 'image/jpeg' }),
    sized('moving', 512, 341, { pages: 4 }),
    sized('thumb', 256, 256),
  ]
  const widths = (srcset: string) => srcset.match(/\d+w/g)
  t.strictSame(widths(makeSrcset({ ...whole, variants })), ['1024w', '2048w'])
  const cropped = variants.filter(({ width, height }) => width === height)
  t.strictSame(widths(makeSrcset({ ...whole, variants: cropped })), ['256w', '3000w'], 'if all are cropped')
  t.equal(makeSrcset({}), '')
})
