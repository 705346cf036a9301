import { createHash, randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { createBucket } from '../../../aws/bucket.ts'
import { DependencyUnavailable } from '../../../errors.ts'
import type { BucketUnderTest } from './bucket-under-test.ts'

/** The conditional writes of the processor. */
export async function testConditionalWrites(
  t: Test,
  { client, bucket: name }: BucketUnderTest,
): Promise<void> {
  const bucket = createBucket(client, name)
  const [first, second] = [randomBytes(1_000), randomBytes(2_000)]
  const sha256 = createHash('sha256').update(first).digest('base64')
  const only = 'if absent'

  await t.test('a write that must create the object leaves an existing one unchanged', async (t) => {
    t.equal(await bucket.write('conditions/once', first, 'image/webp', { sha256, only }), true)
    t.equal(await bucket.write('conditions/once', second, 'image/png', { only }), false)
    const found = await bucket.head('conditions/once', { withSha256: true })
    t.match(found, { byteLength: first.length, contentType: 'image/webp', sha256 })
    t.notOk((await bucket.head('conditions/once'))?.sha256, 'the checksum is returned only on request')
  })

  await t.test('a write that must replace an object with an ETag leaves any other unchanged', async (t) => {
    await bucket.write('conditions/replaced', first, 'image/webp')
    const ifEtag = (await bucket.head('conditions/replaced'))?.etag ?? ''
    t.equal(await bucket.write('conditions/replaced', second, 'image/webp', { only: { ifEtag } }), true)
    t.equal(await bucket.write('conditions/replaced', first, 'image/webp', { only: { ifEtag } }), false)
    t.match(await bucket.head('conditions/replaced'), { byteLength: second.length })
    t.equal(await bucket.write('conditions/absent', first, 'image/webp', { only: { ifEtag } }), false)
    t.notOk(await bucket.head('conditions/absent'))
  })

  await t.test('a write whose signal is aborted writes nothing', async (t) => {
    const signal = AbortSignal.abort()
    await t.rejects(
      bucket.write('conditions/aborted', first, 'image/webp', { signal }),
      DependencyUnavailable,
    )
    t.notOk(await bucket.head('conditions/aborted'))
  })

  await t.test('a body that does not match its checksum is refused', async (t) => {
    const write = bucket.write('conditions/broken', second, 'image/webp', { sha256, only })
    await t.rejects(write, DependencyUnavailable)
    t.notOk(await bucket.head('conditions/broken'))
  })
}
