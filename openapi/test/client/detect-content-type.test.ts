import sharp from 'sharp'
import t from 'tap'
import { detectContentType } from '../../packages/client/src/detect-content-type.ts'

const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })

t.test('the type is detected by content, regardless of the name and the declared type', async (t) => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
    const bytes = await image.clone().toFormat(format).toBuffer()
    t.equal(await detectContentType(new Blob([bytes], { type: 'image/other' })), `image/${format}`)
  }
  const bigTiff = await image.clone().tiff({ bigtiff: true }).toBuffer()
  t.equal(await detectContentType(new Blob([bigTiff])), 'image/tiff')
  t.equal(await detectContentType(new Blob(['GIF87a…'])), 'image/gif')
  t.equal(await detectContentType(new Blob(['MM\0*…'])), 'image/tiff')
})

t.test('AVIF and HEIC are distinguished by any of their brands', async (t) => {
  const detect = (...brands: string[]) => detectContentType(ftyp(brands))
  t.equal(await detect('heic', 'mif1', 'heic'), 'image/heic', 'an iPhone')
  t.equal(await detect('mif1', 'mif1', 'heic'), 'image/heic')
  t.equal(await detect('heix', 'mif1'), 'image/heic', '10 bits')
  t.equal(await detect('hevc', 'msf1', 'hevc'), 'image/heic', 'a burst')
  t.equal(await detect('mif1', 'mif1', 'miaf', 'avif'), 'image/avif')
  t.equal(await detect('avis', 'msf1', 'avif'), 'image/avif', 'an animation')
  t.equal(await detect('isom', 'iso2', 'mp41'), undefined, 'a video')
  t.equal(await detect('isom', 'xavi', 'fxxx'), undefined, 'letters across two brands')
  t.equal(await detectContentType(new Blob([ftyp(['isom']), 'avif'])), undefined, 'text behind the brands')
})

t.test('the type of other files is undefined', async (t) => {
  const files = ['', 'ÿØ', '\x89PN', 'RIFF1234WAVE', '<svg/>', '%PDF-1.7', 'BM', '1234ftyp', '1234ftypavif']
  for (const text of files) t.equal(await detectContentType(new Blob([text])), undefined, text)
})

/** The first box of an ISO media file. @param brands the major brand and the compatible ones */
function ftyp([major = '', ...compatible]: string[]): Blob {
  const box = Buffer.alloc(16 + 4 * compatible.length)
  box.writeUInt32BE(box.length)
  box.write(`ftyp${major}`, 4, 'latin1')
  box.write(compatible.join(''), 16, 'latin1')
  return new Blob([box])
}
