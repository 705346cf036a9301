import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharp } from '../../../imaging/decoder.ts'

/** Written by `make-fixtures.ts`. */
export const heicFiles = join(import.meta.dirname, 'files')

export const readHeicFile = (name: string) => readFileSync(join(heicFiles, name))

/** Colours of the quarters of the picture in most files, from the top left, row by row. */
export const quarterColors = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [128, 128, 128],
] as const

export const quadrantSize = { width: 96, height: 64 }

/** A picture with a colour in each quarter, so that each of the eight orientations looks different. */
export function quadrants({ alpha }: { alpha?: number } = {}) {
  const { width, height } = quadrantSize
  const channels = alpha === undefined ? 3 : 4
  const pixels = Buffer.alloc(width * height * channels, Math.round((alpha ?? 1) * 255))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)
      pixels.set(quarterColors[quarter] ?? [], (y * width + x) * channels)
    }
  }
  return sharp(pixels, { raw: { width, height, channels } })
}
