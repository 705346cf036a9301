import { createHash } from 'node:crypto'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { prepareFile } from '../../../packages/cli/src/upload/prepare-file.ts'

const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

t.test('the type is detected by content, regardless of the extension', async (t) => {
  for (const format of formats) {
    const bytes = await image.clone().toFormat(format).toBuffer()
    const path = join(t.testdir({ 'name.txt': bytes }), 'name.txt')
    const { request, blob } = await prepareFile(path)
    t.strictSame(
      request,
      {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        byteLength: bytes.length,
        contentType: `image/${format}`,
        fileName: 'name.txt',
      },
      format,
    )
    t.equal(blob.size, bytes.length)
  }
})

t.test('unknown content gets the type of its extension', async (t) => {
  const directory = t.testdir({ 'text.JPG': 'a text', 'scan.tif': 'a text' })
  t.equal((await prepareFile(join(directory, 'text.JPG'))).request.contentType, 'image/jpeg')
  t.equal((await prepareFile(join(directory, 'scan.tif'))).request.contentType, 'image/tiff')
})

t.test('the hash covers the whole file, even if it is large', async (t) => {
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 1, 'hashgate')
  const { request } = await prepareFile(join(t.testdir({ 'large.png': bytes }), 'large.png'))
  t.equal(request.sha256, createHash('sha256').update(bytes).digest('hex'))
})

t.test('unsupported, empty and missing files are errors', async (t) => {
  const directory = t.testdir({
    'a.txt': 'a text',
    'empty.jpg': '',
    'video.mp4': '\0\0\0\x14ftypisom\0\0\0\0mp41',
  })
  await t.rejects(prepareFile(join(directory, 'a.txt')), { message: /^Unsupported file type/ })
  await t.rejects(prepareFile(join(directory, 'video.mp4')), { message: /^Unsupported file type/ })
  await t.rejects(prepareFile(join(directory, 'empty.jpg')), { message: 'The file is empty.' })
  await t.rejects(prepareFile(join(directory, 'none.jpg')), { message: 'The file cannot be read (ENOENT).' })
})

t.test('a signal aborts reading', async (t) => {
  const path = join(t.testdir({ 'a.png': 'bytes' }), 'a.png')
  await t.rejects(prepareFile(path, AbortSignal.abort(new Error('enough'))), { message: 'enough' })
})
