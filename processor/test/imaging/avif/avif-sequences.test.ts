import { test } from 'tap'
import { makeAnimation } from '../../../../scripts/testkit/images/make-animation.ts'
import { sharp } from '../../../imaging/decoder.ts'

test('libvips writes no AVIF sequence, which is why AVIF variants cannot be animated', async (t) => {
  const gif = await makeAnimation('gif', { width: 32, height: 16 })
  const { pages = 1 } = await sharp(gif, { animated: true }).metadata()
  t.ok(pages > 1)
  const avif = await sharp(gif, { animated: true }).avif({ effort: 0 }).toBuffer()
  t.equal(
    avif.toString('latin1', 4, 12),
    'ftypavif',
    'not the brand avis; if libvips writes sequences, AVIF variants can be animated',
  )
  t.match(await sharp(avif).metadata(), { pages: 1, width: 32, height: 16 * pages })
})
