import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { sharp } from '../../../../processor/imaging/decoder.ts'
import { comparePictures } from '../../../checks/corpus/compare-pictures.ts'
import { convertProfile } from '../../../checks/corpus/reference/convert-profile.ts'
import { describeColor } from '../../../checks/corpus/reference/describe-color.ts'
import { readTiff } from '../../../checks/corpus/reference/read-tiff.ts'
import { drawPicture } from '../../../testkit/hostile/draw-picture.ts'
import { makeAdobeRgbProfile } from '../../../testkit/images/make-icc-profile.ts'
import { makeTiff } from '../../../testkit/images/make-tiff.ts'
import { colourChunk, insertChunks } from '../../../testkit/images/tag-png.ts'

const picture = () => drawPicture()
const original = await picture().png().toBuffer()

test('LittleCMS restores the encoded colours from a profile, in 8 and 16 bits', async (t) => {
  const adobe = join(t.testdir(), 'adobe.icc')
  await writeFile(adobe, makeAdobeRgbProfile())
  for (const profile of ['srgb', 'p3', adobe]) {
    const tagged = await picture().withIccProfile(profile).png().toBuffer()
    const deep = await deepen(tagged)
    for (const [depth, bytes] of [[8, tagged] as const, [16, deep] as const]) {
      const reference = await convertProfile(bytes)
      t.match(reference, { by: 'LittleCMS', width: 96, height: 64 })
      const { deltaE } = await comparePictures(original, reference?.picture ?? fail())
      t.ok(deltaE < 1, `${profile}, ${depth} bits: ΔE ${deltaE}`)
    }
  }
})

test('geotiff decodes TIFFs with their profile, alpha and orientation', async (t) => {
  const tiffs = {
    LZW: picture().tiff({ compression: 'lzw' }),
    'tiles, P3': picture().withIccProfile('p3').tiff({ compression: 'deflate', tile: true }),
    '16 bits': picture().toColourspace('rgb16').tiff({ compression: 'lzw' }),
    'orientation 6': picture().rotate(270).withMetadata({ orientation: 6 }).tiff({ compression: 'none' }),
  }
  for (const [name, image] of Object.entries(tiffs)) {
    const reference = await readTiff(await image.toBuffer(), {})
    t.match(reference, { by: 'geotiff', width: 96, height: 64 }, name)
    const { deltaE } = await comparePictures(original, reference?.picture ?? fail())
    t.ok(deltaE < 1, `${name}: ΔE ${deltaE}`)
  }

  const seeThrough = drawPicture(96, 64, 4)
  const alpha = await readTiff(await seeThrough.tiff({ compression: 'lzw' }).toBuffer(), {})
  const { deltaE } = await comparePictures(await seeThrough.png().toBuffer(), alpha?.picture ?? fail())
  t.ok(deltaE < 1, `alpha: ΔE ${deltaE}`)
})

test('geotiff maps grey of any depth to black and white', async (t) => {
  const bits = picture().threshold().toColourspace('b-w')
  const tiff = await bits.tiff({ bitdepth: 1, compression: 'none' }).toBuffer()
  const reference = await readTiff(tiff, {})
  t.equal((await comparePictures(await bits.png().toBuffer(), reference?.picture ?? fail())).deltaE, 0)

  const inverted = makeTiff({
    width: 2,
    height: 1,
    channels: 1,
    photometric: 0,
    pixels: Buffer.from([0, 255]),
  })
  t.strictSame(
    [...((await readTiff(inverted, {}))?.picture.pixels ?? [])],
    [255, 255, 255, 255, 0, 0, 0, 255],
  )
})

test('a PNG whose colours only a browser converts has no other reference', async (t) => {
  const linear = insertChunks(original, colourChunk.gAMA(1))
  t.strictSame(describeColor(original), { isHdr: false, needsBrowser: false })
  t.strictSame(describeColor(linear), { isHdr: false, needsBrowser: true })
  t.strictSame(describeColor(insertChunks(original, colourChunk.cICP(12, 13))), {
    isHdr: false,
    needsBrowser: true,
  })
  t.strictSame(describeColor(insertChunks(original, colourChunk.cICP(9, 16))), {
    isHdr: true,
    needsBrowser: true,
  })
  t.equal(await convertProfile(linear), undefined)
})

/** The same numbers and profile in 16 bits. libvips would convert the colours when writing such a file. */
async function deepen(tagged: Buffer): Promise<Buffer> {
  const { icc = fail() } = await sharp(tagged).metadata()
  const numbers = await sharp(tagged, { ignoreIcc: true }).toColourspace('rgb16').png().toBuffer()
  return insertChunks(numbers, colourChunk.iCCP(icc))
}

function fail(): never {
  throw new Error('there is no reference')
}
