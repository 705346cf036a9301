import { hash } from 'node:crypto'
import t from 'tap'
import { createSigv4Signer, encodeRfc3986, type RequestToSign } from '../../aws/sigv4.ts'

const emptyHash = hash('sha256', '')
const base: RequestToSign = { method: 'GET', path: '/', query: '', headers: [], bodyHash: emptyHash }

/** Source: AWS, "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using Query Parameters". */
const s3 = {
  signer: createSigv4Signer({ region: 'us-east-1', service: 's3' }),
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  nowMs: Date.UTC(2013, 4, 24),
  date: ['x-amz-date', '20130524T000000Z'] as const,
  host: ['host', 'examplebucket.s3.amazonaws.com'] as const,
  emptyBody: ['x-amz-content-sha256', emptyHash] as const,
}
const putBodyHash = hash('sha256', 'Welcome to Amazon S3.')
const s3Vectors: Record<string, [RequestToSign, signature: string]> = {
  'GET object': [
    { ...base, path: '/test.txt', headers: [s3.host, ['range', 'bytes=0-9'], s3.emptyBody, s3.date] },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  'PUT object': [
    {
      ...base,
      method: 'PUT',
      path: '/test%24file.text',
      headers: [
        ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
        s3.host,
        ['x-amz-content-sha256', putBodyHash],
        s3.date,
        ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
      ],
      bodyHash: putBodyHash,
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  'GET bucket lifecycle': [
    { ...base, query: 'lifecycle=', headers: [s3.host, s3.emptyBody, s3.date] },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  'GET bucket, list objects': [
    { ...base, query: 'max-keys=2&prefix=J', headers: [s3.host, s3.emptyBody, s3.date] },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
  'presigned GET': [
    {
      ...base,
      path: '/test.txt',
      query:
        'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host',
      headers: [s3.host],
      bodyHash: 'UNSIGNED-PAYLOAD',
    },
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  ],
}

/** Source: AWS, Signature Version 4 test suite (`aws-sig-v4-test-suite`). */
const suite = {
  signer: createSigv4Signer({ region: 'us-east-1', service: 'service' }),
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  nowMs: Date.UTC(2015, 7, 30, 12, 36),
}
const suiteHeaders = [
  ['host', 'example.amazonaws.com'],
  ['x-amz-date', '20150830T123600Z'],
] as const
const suiteVectors: Record<string, [Partial<RequestToSign>, signature: string]> = {
  'get-vanilla': [{}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  'get-vanilla-query-order-key-case': [
    { query: 'Param1=value1&Param2=value2' },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  'post-vanilla': [{ method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  'post-x-www-form-urlencoded': [
    {
      method: 'POST',
      headers: [['content-type', 'application/x-www-form-urlencoded'], ...suiteHeaders],
      bodyHash: hash('sha256', 'Param1=value1'),
    },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
}

for (const [title, [request, signature]] of Object.entries(s3Vectors)) {
  t.test(`matches the example in the S3 documentation: ${title}`, async (t) => {
    t.equal(s3.signer.sign(s3.secret, s3.signer.scopeAt(s3.nowMs), request), signature)
  })
}

for (const [title, [request, signature]] of Object.entries(suiteVectors)) {
  t.test(`matches the test suite of AWS: ${title}`, async (t) => {
    const { signer, secret, nowMs } = suite
    const whole = { ...base, headers: suiteHeaders, ...request }
    t.equal(signer.sign(secret, signer.scopeAt(nowMs), whole), signature)
  })
}

t.test('earlier signatures with other keys and on other days do not change the result', async (t) => {
  const { secret, nowMs } = suite
  const dayMs = 86_400_000
  const request = { ...base, headers: suiteHeaders }
  const fresh = (key: string, at: number) => {
    const signer = createSigv4Signer({ region: 'us-east-1', service: 'service' })
    return signer.sign(key, signer.scopeAt(at), request)
  }
  const used = createSigv4Signer({ region: 'us-east-1', service: 'service' })
  for (const at of [nowMs, nowMs + dayMs, nowMs, nowMs + 1_000, nowMs + 12 * 3_600_000]) {
    for (const key of [secret, 'another', secret]) {
      t.equal(used.sign(key, used.scopeAt(at), request), fresh(key, at))
    }
  }
})

t.test('the scope changes with the second and, at midnight UTC, with the day', async (t) => {
  const { scopeAt } = createSigv4Signer({ region: 'eu-west-1', service: 's3' })
  const midnight = Date.UTC(2027, 0, 1)
  t.strictSame(scopeAt(midnight - 1), {
    amzDate: '20261231T235959Z',
    scope: '20261231/eu-west-1/s3/aws4_request',
  })
  t.strictSame(scopeAt(midnight), {
    amzDate: '20270101T000000Z',
    scope: '20270101/eu-west-1/s3/aws4_request',
  })
})

t.test('encodes everything but unreserved characters', async (t) => {
  t.equal(encodeRfc3986("aZ09-_.~ /!'()*+é😀"), 'aZ09-_.~%20%2F%21%27%28%29%2A%2B%C3%A9%F0%9F%98%80')
})
