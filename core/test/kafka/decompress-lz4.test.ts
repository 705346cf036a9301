import t from 'tap'
import { decompressLz4 } from '../../kafka/decompress-lz4.ts'

const text = Buffer.from('hashgate '.repeat(10_000))
/** Frames of `text` in blocks of 64 KiB, as `lz4` 1.9.4 writes them. */
const frames = {
  'independent blocks':
    'BCJNGGRApxMBAACfaGFzaGdhdGUgCQD///////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////31BzaGdhdHIAAACfZSBoYXNoZ2F0CQD///////////////////////////////////////////////' +
    '///////////////////////////////////////////////////////////////////////////////85QZ2F0ZSAA' +
    'AAAAHgac4g==',
  'linked blocks':
    'BCJNGERAXhMBAACfaGFzaGdhdGUgCQD///////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////31BzaGdhdGkAAAAP+f////////////////////////////////////////////////////////////' +
    '///////////////////////////////////////////////////////////////////9dQZ2F0ZSAAAAAAHgac4g==',
  'block checksums and a content size':
    'BCJNGHRAvRMBAACfaGFzaGdhdGUgCQD///////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////31BzaGdhdPjq8E1yAAAAn2UgaGFzaGdhdAkA//////////////////////////////////////////' +
    '/////////////////////////////////////////////////////////////////////////////////////OUGdh' +
    'dGUgcqsEaAAAAAAeBpzi',
}
const storedBlock = 'BCJNGGRApxAAAIAwMTIzNDU2Nzg5YWJjZGVmAAAAAGlbxMI='

for (const [title, frame] of Object.entries(frames)) {
  t.test(`a frame with ${title} is decompressed`, async (t) => {
    t.ok(decompressLz4(Buffer.from(frame, 'base64'), text.length).equals(text))
  })
}

t.test('an uncompressed block is copied', async (t) => {
  t.equal(String(decompressLz4(Buffer.from(storedBlock, 'base64'), 100)), '0123456789abcdef')
})

t.test('content that is larger than the limit is refused', async (t) => {
  const frame = Buffer.from(frames['linked blocks'], 'base64')
  t.throws(() => decompressLz4(frame, text.length - 1), { message: 'larger than 89999 bytes' })
})

t.test('a damaged frame throws an error or has other content, and never more than the limit', async (t) => {
  const frame = Buffer.from(frames['independent blocks'], 'base64')
  for (let at = 0; at < frame.length; at++) {
    for (const byte of [0, 0x0f, 0xf0, 0xff]) {
      const damaged = Buffer.from(frame)
      damaged[at] = byte
      for (const bytes of [damaged, damaged.subarray(0, at)]) {
        try {
          if (decompressLz4(bytes, text.length).length > text.length) t.fail(`too long with ${byte} at ${at}`)
        } catch (error) {
          if (!(error instanceof Error)) throw error
        }
      }
    }
  }
  t.throws(() => decompressLz4(Buffer.from('no frame'), 100), { message: 'not an LZ4 frame' })
})
