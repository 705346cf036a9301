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
