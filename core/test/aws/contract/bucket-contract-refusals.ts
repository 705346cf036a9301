import { createHash, randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import {
  createContractClient,
  isStored,
  type RawAnswer,
  type SignedPut,
  sendRaw,
  sendSignedPut,
  signPut,
} from './bucket-contract-client.ts'
import type { BucketContractOptions, BucketUnderTest } from './bucket-under-test.ts'

interface Refusal {
  what: string
  statuses: readonly number[]
  codes: readonly string[]
  send: (signed: SignedPut, bytes: Buffer) => Promise<RawAnswer>
}

/** Every altered use of a signed PUT is refused, and nothing is stored. */
export async function testSignedPutRefusals(t: Test, subject: BucketUnderTest): Promise<void> {
  const { client, bucket, options } = subject
  const cases = [...wrongBytes(), ...wrongHeaders(), ...missingHeaders(), ...wrongUrls(options)]

  async function refuse(
    t: Test,
    key: string,
    refusal: Omit<Refusal, 'send'>,
    send: () => Promise<RawAnswer>,
  ) {
    const response = await send()
    t.ok(refusal.statuses.includes(response.status), `${response.status} is one of ${refusal.statuses}`)
    if (options.hasS3ErrorCodes !== false)
      t.ok(refusal.codes.includes(response.code), `${response.code} is one of ${refusal.codes}`)
    t.notOk(await isStored(client, bucket, key), 'nothing is stored')
  }

  for (const [index, refusal] of cases.entries()) {
    await t.test(`a signed PUT is refused: ${refusal.what}`, async (t) => {
      const key = `refused/${index}`
      const bytes = randomBytes(10_000)
      const signed = await signPut(client, { bucket, key, bytes })
      await refuse(t, key, refusal, () => refusal.send(signed, bytes))
      t.equal((await sendSignedPut(signed, bytes)).status, 200, 'the unchanged URL works')
    })
  }

  const unknownKey = options.unknownKeyAnswer ?? { status: 403, code: 'InvalidAccessKeyId' }
  const otherKeys = [
    {
      what: 'wrong secret',
      keys: { secretAccessKey: 'not-the-secret' },
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    { what: 'unknown access key', keys: { accessKeyId: 'AKIDUNKNOWN0000000' }, ...unknownKey },
  ]
  for (const { what, keys, status, code } of otherKeys) {
    await t.test(`a signed PUT is refused with ${status}: ${what}`, async (t) => {
      const other = createContractClient({ ...options, ...keys })
      const key = `refused/${what}`
      const bytes = randomBytes(100)
      const signed = await signPut(other, { bucket, key, bytes })
      await refuse(t, key, { what, statuses: [status], codes: [code] }, () => sendSignedPut(signed, bytes))
    })
  }

  await t.test('a signed PUT is refused: expired', async (t) => {
    const key = 'refused/expired'
    const bytes = randomBytes(100)
    const signedAt = new Date(Date.now() - 120_000)
    const signed = await signPut(client, { bucket, key, bytes, signedAt, expiresInSeconds: 60 })
    const refusal = { what: 'expired', statuses: [403], codes: ['AccessDenied'] }
    await refuse(t, key, refusal, () => sendSignedPut(signed, bytes))
  })
}

function wrongBytes(): Refusal[] {
  return [
    {
      what: 'other bytes of the same length',
      statuses: [400],
      codes: ['BadDigest'],
      send: (signed, bytes) => sendSignedPut(signed, randomBytes(bytes.length)),
    },
    {
      what: 'fewer bytes, and a true content-length',
      statuses: [403],
      codes: ['SignatureDoesNotMatch'],
      send: (signed, bytes) => sendWith(signed, { 'content-length': '5000' }, bytes.subarray(0, 5000)),
    },
    {
      what: 'more bytes, and a true content-length',
      statuses: [403],
      codes: ['SignatureDoesNotMatch'],
      send: (signed, bytes) => sendWith(signed, { 'content-length': '20000' }, Buffer.concat([bytes, bytes])),
    },
  ]
}

function wrongHeaders(): Refusal[] {
  const otherChecksum = createHash('sha256').update('other').digest('base64')
  const changed: [what: string, headers: Record<string, string | string[]>][] = [
    ['another content-type', { 'content-type': 'text/html' }],
    ['another checksum', { 'x-amz-checksum-sha256': otherChecksum }],
    ['other metadata', { 'x-amz-meta-traceparent': 'mine' }],
    ['another if-none-match', { 'if-none-match': '"etag"' }],
    ['a second content-type', { 'content-type': ['image/png', 'text/html'] }],
  ]
  const refusals = changed.map(([what, headers]) => ({
    what,
    statuses: [403],
    codes: ['SignatureDoesNotMatch'],
    send: (signed: SignedPut, bytes: Buffer) => sendWith(signed, headers, bytes),
  }))
  return [
    ...refusals,
    {
      what: 'an x-amz- header that was not signed',
      statuses: [403],
      codes: ['AccessDenied'],
      send: (signed, bytes) => sendWith(signed, { 'x-amz-meta-added': 'later' }, bytes),
    },
  ]
}

function missingHeaders(): Refusal[] {
  const names = ['content-type', 'if-none-match', 'x-amz-checksum-sha256', 'x-amz-meta-traceparent']
  const refusals = names.map((name) => ({
    what: `without the signed header ${name}`,
    statuses: [403],
    codes: ['SignatureDoesNotMatch'],
    send: (signed: SignedPut, bytes: Buffer) => sendWith(signed, { [name]: undefined }, bytes),
  }))
  return [
    ...refusals,
    {
      // Without a length the body is chunked, so a store may say that the length is missing instead.
      what: 'without the signed header content-length',
      statuses: [403, 411],
      codes: ['SignatureDoesNotMatch', 'MissingContentLength'],
      send: (signed, bytes) =>
        sendWith(signed, { 'content-length': undefined, 'transfer-encoding': 'chunked' }, bytes),
    },
  ]
}

function wrongUrls({ refusesReorderedHeaders = true }: BucketContractOptions): Refusal[] {
  const refused = { statuses: [403], codes: ['SignatureDoesNotMatch'] }
  const reordered = { what: 'reordered signed headers', ...refused, send: sendTo(reverseSignedHeaders) }
  return [
    ...(refusesReorderedHeaders ? [reordered] : []),
    { what: 'tampered key', ...refused, send: sendTo((url) => url.replace('/refused/', '/refused/x')) },
    { what: 'tampered signature', ...refused, send: sendTo(flipSignature) },
    {
      what: 'lengthened expiry',
      ...refused,
      send: sendTo((url) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')),
    },
    {
      what: 'another spelling of the expiry',
      ...refused,
      send: sendTo((url) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=0300')),
    },
    { what: 'an added query parameter', ...refused, send: sendTo((url) => `${url}&x-id=Other`) },
    {
      what: 'anonymous',
      statuses: [403],
      codes: ['AccessDenied'],
      send: (signed, bytes) => sendSignedPut({ ...signed, url: signed.url.split('?')[0] ?? '' }, bytes),
    },
  ]
}

function sendTo(tamper: (url: string) => string): Refusal['send'] {
  return (signed, bytes) => sendSignedPut({ ...signed, url: tamper(signed.url) }, bytes)
}

function reverseSignedHeaders(url: string): string {
  const reversed = new URL(url)
  const names = reversed.searchParams.get('X-Amz-SignedHeaders') ?? ''
  reversed.searchParams.set('X-Amz-SignedHeaders', names.split(';').reverse().join(';'))
  return reversed.href
}

function flipSignature(url: string): string {
  return url.replace(/(X-Amz-Signature=)(.)/, (_all, name, digit) => `${name}${digit === '0' ? '1' : '0'}`)
}

/** Changes headers, or removes those whose value is undefined. */
function sendWith(
  signed: SignedPut,
  changes: Record<string, string | string[] | undefined>,
  body: Buffer,
): Promise<RawAnswer> {
  const merged: Record<string, string | string[] | undefined> = { ...signed.headers, ...changes }
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(merged)) if (value !== undefined) headers[name] = value
  return sendRaw(signed.url, { method: 'PUT', headers, body })
}
