import { test } from 'tap'
import { storedFacts } from '../../pipeline/stored-facts.ts'

test('the length is that of the stored object, even if the decoder gets other bytes', async (t) => {
  const work = { original: Buffer.alloc(5), contentType: 'Image/PNG; charset=binary' }
  t.strictSame(storedFacts(work), { byteLength: 5, contentType: 'image/png' })
  t.strictSame(storedFacts({ ...work, storedBytes: 9 }), { byteLength: 9, contentType: 'image/png' })
  t.strictSame(storedFacts({ ...work, contentType: 'text/plain' }), { byteLength: 5 })
})
