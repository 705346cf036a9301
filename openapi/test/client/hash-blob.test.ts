import { hash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { hashBlob } from '../../packages/client/src/hash-blob.ts'

t.test('any bytes have the hash that everybody else gives them', async (t) => {
  const isSame = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await hashBlob(new Blob([bytes]))) === hash('sha256', bytes)
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), (bytes) => isSame(bytes.slice())))
  t.pass('they have')
})
