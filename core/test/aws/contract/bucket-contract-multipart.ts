import { randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { BucketUnderTest } from './bucket-contract.ts'
import { isStored } from './bucket-contract-client.ts'

const minPartBytes = 5 * 1024 * 1024

export async function testMultipart(t: Test, { client, bucket }: BucketUnderTest): Promise<void> {
  async function uploadParts(key: string, bodies: Buffer[]) {
    const target = { Bucket: bucket, Key: key }
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...target, ContentType: 'image/tiff' }),
    )
    const parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const PartNumber = index + 1
        const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }))
        return { PartNumber, ETag }
      }),
    )
    return { ...target, UploadId, parts }
  }

  await t.test('parts become one object, and only when completed', async (t) => {
    const bodies = [randomBytes(minPartBytes), randomBytes(1_000)]
    const { parts, ...upload } = await uploadParts('in parts', bodies)
    t.notOk(await isStored(client, bucket, 'in parts'))
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
    )
    t.match(completed.ETag, /^"[0-9a-f]{32}-2"$/)
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'in parts' }))
    t.equal(got.ContentType, 'image/tiff')
    t.ok(Buffer.concat(bodies).equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0)))
  })

  await t.test('completing with If-None-Match does not overwrite', async (t) => {
    const first = await uploadParts('in parts once', [Buffer.from('first')])
    const second = await uploadParts('in parts once', [Buffer.from('second')])
    for (const [{ parts, ...upload }, status] of [[first, 200] as const, [second, 412] as const]) {
      const sent = client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: { Parts: parts },
          IfNoneMatch: '*',
        }),
      )
      const metadata = await sent.then(
        (done) => done.$metadata,
        (error) => error.$metadata,
      )
      t.equal(metadata.httpStatusCode, status)
    }
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'in parts once' }))
    t.equal(await got.Body?.transformToString(), 'first')
    const { parts: _, ...upload } = second
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
  })

  await t.test('a part with another ETag is refused', async (t) => {
    const { parts: _, ...upload } = await uploadParts('wrong part', [Buffer.from('part')])
    const Parts = [{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }]
    await t.rejects(
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
      { name: 'InvalidPart' },
    )
    t.notOk(await isStored(client, bucket, 'wrong part'))
    await client.send(new AbortMultipartUploadCommand(upload))
  })

  await t.test('an aborted upload is gone', async (t) => {
    const { parts, ...upload } = await uploadParts('aborted', [Buffer.from('part')])
    await client.send(new AbortMultipartUploadCommand(upload))
    await t.rejects(
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })),
      { name: 'NoSuchUpload' },
    )
    t.notOk(await isStored(client, bucket, 'aborted'))
  })
}
