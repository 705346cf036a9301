import type { Sharp } from 'sharp'
import { sharp } from '../../../processor/imaging/decoder.ts'
import { createRandom } from './create-random.ts'

/** Draws the same small picture in every run: a gradient with grain, so that no format compresses it to almost nothing. */
export function drawPicture(width = 96, height = 64, channels: 3 | 4 = 3): Sharp {
  const random = createRandom(width * 1_000 + height)
  const data = Buffer.alloc(width * height * channels)
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels)
    const slope = [pixel % width, Math.floor(pixel / width), pixel % 97, 160][at % channels] ?? 0
    data[at] = (slope * 2 + random(24)) & 0xff
  }
  return sharp(data, { raw: { width, height, channels } })
}
