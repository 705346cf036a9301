import { test } from 'tap'
import type { AcceptedContentType } from '../../core/variants.ts'
import { estimateHeldBytes } from '../estimate-held-bytes.ts'
import { createStepDeps, inspectedWork } from './doubles/fetched-work.ts'
import { drawNoise } from './images/make-image.ts'

const { deps } = createStepDeps()
const pixels = 320 * 240

const cases: [string, AcceptedContentType, Promise<Buffer>, number][] = [
  ['JPEG', 'image/jpeg', drawNoise().jpeg().toBuffer(), 0],
  ['progressive JPEG', 'image/jpeg', drawNoise().jpeg({ progressive: true }).toBuffer(), pixels * 1.5 * 2],
  [
    'progressive JPEG with all colours',
    'image/jpeg',
    drawNoise().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    pixels * 3 * 2,
  ],
  [
    'progressive CMYK',
    'image/jpeg',
    drawNoise().toColourspace('cmyk').jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    pixels * 4 * 2,
  ],
  ['PNG', 'image/png', drawNoise().png().toBuffer(), 0],
  [
    'interlaced PNG',
    'image/png',
    drawNoise({ channels: 4 }).png({ progressive: true }).toBuffer(),
    pixels * 4,
  ],
  [
    'interlaced PNG of 16 bits',
    'image/png',
    drawNoise().toColourspace('rgb16').png({ progressive: true }).toBuffer(),
    pixels * 3 * 2,
  ],
  ['TIFF', 'image/tiff', drawNoise().tiff().toBuffer(), 0],
  ['WebP', 'image/webp', drawNoise().webp().toBuffer(), pixels * 3],
]

for (const [name, contentType, bytes, held] of cases) {
  test(name, async (t) => {
    t.equal(estimateHeldBytes(await inspectedWork(await bytes, contentType, deps)), held)
  })
}
