import { randomBytes } from 'node:crypto'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Test } from 'tap'
import { isStored, type SignedPut, sendRaw, sendSignedPut, signPut } from './bucket-contract-client.ts'
import type { BucketContractOptions, BucketUnderTest } from './bucket-under-test.ts'

export async function testSignedPut(t: Test, subject: BucketUnderTest): Promise<void> {
  const { client, bucket, options } = subject

  await t.test('a signed PUT signs exactly the headers that S3 must enforce', async (t) => {
    const { url } = await signPut(client, { bucket, key: 'any', bytes: Buffer.from('any') })
    t.equal(
      new URL(url).searchParams.get('X-Amz-SignedHeaders'),
      'content-length;content-type;host;if-none-match;x-amz-checksum-sha256;x-amz-meta-traceparent',
    )
    t.notMatch(url, /crc32/i)
  })

  const maxSegment = options.maxKeySegmentBytes ?? Number.POSITIVE_INFINITY
  const awkwardKeys = {
    plain: 'local/0f3a/20261122',
    'spaces, plus, percent and Unicode': 'ä b+c/100%25 %41/…/日本語 𝄞.png',
    'reserved characters': `!'()*~&=;:@,$?#"<>[]{}|^\`\\`,
    [`1024 bytes${Number.isFinite(maxSegment) ? `, pieces of at most ${maxSegment}` : ''}`]:
      longKey(maxSegment),
  }
  for (const [what, key] of Object.entries(awkwardKeys)) {
    await t.test(`the right bytes under a key (${what}) are stored and can be read`, async (t) => {
      const bytes = randomBytes(300_000)
      const signed = await signPut(client, { bucket, key, bytes })
      t.equal((await sendSignedPut(signed, bytes)).status, 200)
      const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }))
      const got = await fetch(url)
      t.equal(got.status, 200)
      t.ok(Buffer.from(await got.arrayBuffer()).equals(bytes), 'identical bytes')
    })
  }

  await t.test('an empty object can be stored', async (t) => {
    const bytes = Buffer.alloc(0)
    t.equal((await sendSignedPut(await signPut(client, { bucket, key: 'empty', bytes }), bytes)).status, 200)
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'empty' }))
    t.equal(head.ContentLength, 0)
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'empty' }))
    t.equal(await got.Body?.transformToString(), '')
  })

  await t.test('fetch, as in a browser, can use the URL', async (t) => {
    const bytes = randomBytes(2_000_000)
    const { url, headers } = await signPut(client, { bucket, key: 'fetched', bytes })
    const { 'content-length': _set, ...settable } = headers
    const response = await fetch(url, { method: 'PUT', headers: settable, body: new Uint8Array(bytes) })
    t.equal(response.status, 200)
    t.match(response.headers.get('etag'), /^"[0-9a-f]{32}"$/)
  })

  await t.test('a second write gets 412 and the first bytes are kept', async (t) => {
    const first = randomBytes(1_000)
    // A store that closes the connection before it has read a long body can destroy its own response.
    const second = randomBytes(options.showsRefusalToFetch === false ? 2_000 : 3_000_000)
    const key = 'written-twice'
    t.equal((await sendSignedPut(await signPut(client, { bucket, key, bytes: first }), first)).status, 200)
    const signed = await signPut(client, { bucket, key, bytes: second })
    const refused = await sendUntilAnswered(signed, second, options)
    t.equal(refused.status, 412)
    if (options.hasS3ErrorCodes !== false) t.equal(refused.code, 'PreconditionFailed')
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    t.ok(first.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0)))
  })

  const refusalToFetch = options.showsRefusalToFetch === false ? 'fails or shows 412' : 'shows 412'
  await t.test(`fetch ${refusalToFetch} when the response arrives before the body was sent`, async (t) => {
    const bytes = randomBytes(3_000_000)
    const { url, headers } = await signPut(client, { bucket, key: 'taken', bytes })
    const { 'content-length': _set, ...settable } = headers
    const put = async () => {
      const response = await fetch(url, { method: 'PUT', headers: settable, body: new Uint8Array(bytes) })
      await response.arrayBuffer()
      return response.status
    }
    t.equal(await put(), 200)
    const second = await put().catch((error) => {
      if (options.showsRefusalToFetch === false) return 412
      throw error
    })
    t.equal(second, 412)
  })

  const lostStatuses = options.lostRaceStatuses ?? [412]
  const winners = options.isAtomicIfAbsent === false ? 'some get' : 'one gets'
  await t.test(
    `of 20 concurrent writers ${winners} 200, the others ${lostStatuses.join(' or ')}`,
    async (t) => {
      const key = 'contested'
      const bodies = Array.from({ length: 20 }, () => randomBytes(50_000))
      const responses = await Promise.all(
        bodies.map(async (bytes) =>
          sendUntilAnswered(await signPut(client, { bucket, key, bytes }), bytes, options),
        ),
      )
      const statuses = responses.map(({ status }) => status)
      const won = bodies.filter((_bytes, index) => statuses[index] === 200)
      const lost = statuses.filter((status) => lostStatuses.includes(status))
      t.equal(won.length + lost.length, 20, `won or lost: ${statuses}`)
      if (options.isAtomicIfAbsent === false) t.ok(won.length >= 1)
      else t.equal(won.length, 1, `one winner in ${statuses}`)
      const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const stored = (await got.Body?.transformToByteArray()) ?? Buffer.alloc(0)
      t.ok(
        won.some((bytes) => bytes.equals(stored)),
        "a winner's bytes",
      )
    },
  )

  await t.test('after a delete the same URL can be used again', async (t) => {
    const bytes = randomBytes(100)
    const signed = await signPut(client, { bucket, key: 'again', bytes })
    t.equal((await sendSignedPut(signed, bytes)).status, 200)
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'again' }))
    t.equal((await sendSignedPut(signed, bytes)).status, 200)
  })

  await t.test('a client that disconnects during the upload stores nothing', async (t) => {
    const bytes = randomBytes(100_000)
    const key = 'cut-short'
    const signed = await signPut(client, { bucket, key, bytes })
    const response = await sendRaw(signed.url, {
      method: 'PUT',
      headers: signed.headers,
      body: bytes.subarray(0, 50_000),
      hangUp: true,
    }).catch(() => undefined)
    // A store may respond or just close the connection.
    t.ok(response === undefined || response.status >= 400)
    t.notOk(await isStored(client, bucket, key))
  })
}

/** Repeats a request whose connection the store closed without a response, at most ten times. */
async function sendUntilAnswered(signed: SignedPut, bytes: Buffer, options: BucketContractOptions) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendSignedPut(signed, bytes)
    } catch (error) {
      const hasHungUp = ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (options.showsRefusalToFetch !== false || !hasHungUp || attempt === 10) throw error
    }
  }
}

function longKey(maxSegmentBytes: number): string {
  const isLastOfSegment = (index: number) => index % maxSegmentBytes === maxSegmentBytes - 1
  return Array.from({ length: 1024 }, (_, index) => (isLastOfSegment(index) ? '/' : 'x')).join('')
}
