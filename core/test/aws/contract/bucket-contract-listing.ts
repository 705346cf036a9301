import { ListObjectsV2Command, type ListObjectsV2CommandInput, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { BucketUnderTest } from './bucket-under-test.ts'

export async function testListing(t: Test, { client, bucket }: BucketUnderTest): Promise<void> {
  // In the order of UTF-8 bytes, which differs from that of JavaScript strings.
  const keys = ['A', 'a/1', 'a/2', 'a/b/3', 'a+b', 'b c', 'z', '\uff5e', '𝄞']
    .map((key) => `listed/${key}`)
    .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))

  async function listAll(input: Partial<ListObjectsV2CommandInput>) {
    const listed: { keys: string[]; prefixes: string[]; pages: number } = { keys: [], prefixes: [], pages: 0 }
    let token: string | undefined
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token, ...input }),
      )
      for (const { Key } of page.Contents ?? []) listed.keys.push(Key ?? '')
      for (const { Prefix } of page.CommonPrefixes ?? []) listed.prefixes.push(Prefix ?? '')
      listed.pages += 1
      token = page.NextContinuationToken
    } while (token && listed.pages < 100)
    return listed
  }

  await t.test('a listing contains all keys of a prefix, in byte order', async (t) => {
    t.same((await listAll({ Prefix: 'listed/' })).keys, keys)
    t.same((await listAll({ Prefix: 'listed/a/' })).keys, ['listed/a/1', 'listed/a/2', 'listed/a/b/3'])
    t.same((await listAll({ Prefix: 'no such' })).keys, [])
  })

  await t.test('continuation tokens lead through all pages, each key once', async (t) => {
    const listed = await listAll({ Prefix: 'listed/', MaxKeys: 2 })
    t.same(listed.keys, keys)
    t.equal(listed.pages, 5)
  })

  await t.test('StartAfter skips up to and including a key', async (t) => {
    t.same((await listAll({ Prefix: 'listed/', StartAfter: keys[3] })).keys, keys.slice(4))
  })

  await t.test('a delimiter groups keys, across pages too', async (t) => {
    for (const MaxKeys of [1, 2, 1000]) {
      const listed = await listAll({ Prefix: 'listed/', Delimiter: '/', MaxKeys })
      t.same(listed.prefixes, ['listed/a/'])
      t.same(
        listed.keys,
        keys.filter((key) => !key.startsWith('listed/a/')),
      )
    }
  })

  await t.test('an entry has a size and an ETag', async (t) => {
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'listed/A' }))
    t.match(Contents, [{ Key: 'listed/A', Size: 1, ETag: '"9dd4e461268c8034f5c8564e155c67a6"' }])
  })
}
