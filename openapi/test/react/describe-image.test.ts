import t from 'tap'
import { describeImage } from '../../packages/react/src/describe-image.ts'
import { photo } from './photo.ts'

t.test('all variants that show the whole image, at the size of the largest', async (t) => {
  t.strictSame(describeImage(photo, {}), {
    src: 'https://store/large.webp?1',
    srcSet: 'https://store/medium.webp?1 1024w, https://store/large.webp?1 2048w',
    sizes: '(max-width: 2048px) 100vw, 2048px',
    width: 2048,
    height: 1365,
  })
})

t.test(
  'with one side given, the proportions are kept, and it chooses the variant for browsers without srcset',
  async (t) => {
    const shown = { src: 'https://store/medium.webp?1', width: 600, height: 400 }
    t.match(describeImage(photo, { width: 600 }), { ...shown, sizes: '(max-width: 600px) 100vw, 600px' })
    t.match(describeImage(photo, { height: 400 }), shown)
    t.match(describeImage(photo, { width: 3000 }), { src: 'https://store/large.webp?1', height: 2000 })
    t.match(describeImage(photo, { width: 600, height: 600 }), { width: 600, height: 600 })
  },
)

t.test('one variant has no srcset, a set of widths has its own', async (t) => {
  t.strictSame(describeImage(photo, { variant: 'thumb' }), {
    src: 'https://store/thumb.webp?1',
    width: 256,
    height: 256,
  })
  const variants = photo.variants?.map((variant) => ({ ...variant, name: `hero-${variant.width}` }))
  const { srcSet, sizes } = describeImage({ ...photo, variants }, { variant: 'hero', sizes: '50vw' })
  t.equal(srcSet?.split(', ').length, 3)
  t.equal(sizes, '50vw')
})

t.test('without variants, only the size is known', async (t) => {
  t.strictSame(describeImage(undefined, { width: 600 }), { width: 600, height: undefined })
  t.strictSame(describeImage({ ...photo, variants: undefined }, { width: 6, height: 4 }), {
    width: 6,
    height: 4,
  })
})
