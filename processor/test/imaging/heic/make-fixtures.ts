/**
 * Makes the HEIC files of this folder's tests again: `node processor/test/imaging/heic/make-fixtures.ts`. Needs `heif-enc` of Debian's
 * libheif-examples. Other versions of x265 write other bytes with the same pixels. The pictures are plain colours, and public domain.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharp } from '../../../imaging/decoder.ts'
import { heicFiles, quadrants } from './heic-files.ts'

const lossless = ['-L', '-p', 'chroma=444', '--matrix_coefficients=0']
const exif = {
  IFD0: { Make: 'Apple', Model: 'iPhone 15' },
  IFD2: { DateTimeOriginal: '2026:11:22 10:00:00' },
  IFD3: {
    GPSLatitude: '52/1 31/1 0/1',
    GPSLatitudeRef: 'N',
    GPSLongitude: '13/1 24/1 0/1',
    GPSLongitudeRef: 'E',
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hashgate-heic-'))
try {
  await encode('quadrants.heic', quadrants().png(), lossless)
  await encode('alpha.heic', quadrants({ alpha: 0.5 }).png(), lossless)
  await encode('premultiplied.heic', quadrants({ alpha: 0.5 }).png(), [...lossless, '--premultiplied-alpha'])
  await encode('ten-bit.heic', quadrants().toColourspace('rgb16').png(), ['-q', '95', '-b', '10'])
  await encode('display-p3.heic', quadrants().withIccProfile('p3').png(), lossless)
  await encode(
    'camera.heic',
    quadrants()
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .withExifMerge(exif),
    ['-q', '90'],
  )
  for (const color of ['red', 'lime'] as const) {
    const tile = sharp({ create: { width: 64, height: 64, channels: 3, background: color } })
    await encode(`${color}.heic`, tile.png(), ['-q', '90'])
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function encode(name: string, picture: ReturnType<typeof sharp>, options: string[]): Promise<void> {
  const input = join(folder, name.startsWith('camera') ? 'input.jpg' : 'input.png')
  await picture.toFile(input)
  execFileSync('heif-enc', [...options, '-o', join(heicFiles, name), input], { stdio: 'inherit' })
}
