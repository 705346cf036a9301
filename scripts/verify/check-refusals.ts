import { createHash, randomBytes } from 'node:crypto'
import { HashgateError } from '../../openapi/packages/client/src/hashgate-error.ts'
import type { UploadTarget } from '../../openapi/packages/client/src/types.ts'
import { type Check, expect, requestUpload, Skipped } from './check.ts'
import { makeFreshPhoto } from './make-fresh-photo.ts'
import { type Answer, type Attempt, describeAnswer, sendExactly } from './send-exactly.ts'
import type { Target } from './target.ts'

interface Abuse {
  what: string
  /** The fault of a store that accepts the attempt. */
  diagnosis: string
  /** @throws Skipped */
  attempt: (upload: UploadTarget, bytes: Buffer) => Attempt
}

const unsigned = 'The store does not check the signature against the headers sent.'
const unchecked = 'The store does not check x-amz-checksum-sha256, or a proxy removes it.'
const open = 'The bucket is public: block public access and remove public grants.'

const abuses: Abuse[] = [
  {
    what: 'other bytes of the same length',
    diagnosis: unchecked,
    attempt: (upload, bytes) => put(upload, randomBytes(bytes.length)),
  },
  {
    what: 'one changed bit',
    diagnosis: unchecked,
    attempt: (upload, bytes) => put(upload, flipLastBit(bytes)),
  },
  {
    what: 'other bytes, with their own checksum',
    diagnosis: unsigned,
    attempt: (upload, bytes) => {
      const other = flipLastBit(bytes)
      return put(upload, other, {
        'x-amz-checksum-sha256': createHash('sha256').update(other).digest('base64'),
      })
    },
  },
  {
    what: 'fewer bytes than announced',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes.subarray(0, 5_000), { 'content-length': '5000' }),
  },
  {
    what: 'more bytes than announced',
    diagnosis: unsigned,
    attempt: (upload, bytes) =>
      put(upload, Buffer.concat([bytes, bytes]), { 'content-length': String(2 * bytes.length) }),
  },
  {
    what: 'another type',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes, { 'content-type': 'text/html' }),
  },
  {
    what: 'without a type',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes, { 'content-type': undefined }),
  },
  {
    what: 'without a checksum',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes, { 'x-amz-checksum-sha256': undefined }),
  },
  {
    what: 'without if-none-match',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes, { 'if-none-match': undefined }),
  },
  {
    what: 'with an ACL header added by the client',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(upload, bytes, { 'x-amz-acl': 'public-read' }),
  },
  {
    what: 'anonymous: no signature at all',
    diagnosis: open,
    attempt: (upload, bytes) => put({ ...upload, url: withoutQuery(upload.url) }, bytes),
  },
  {
    what: 'tampered: another signature',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put(changeParameter(upload, 'X-Amz-Signature', flipFirstDigit), bytes),
  },
  {
    what: 'tampered: a longer expiry',
    diagnosis: unsigned,
    attempt: (upload, bytes) =>
      put(
        changeParameter(upload, 'X-Amz-Expires', () => '604800'),
        bytes,
      ),
  },
  {
    what: 'tampered: another key',
    diagnosis: unsigned,
    attempt: (upload, bytes) => put({ ...upload, url: upload.url.replace('?', '0?') }, bytes),
  },
  {
    what: 'reading with the upload URL',
    diagnosis: unsigned,
    attempt: (upload) => ({ method: 'GET', url: upload.url, headers: {} }),
  },
  {
    what: 'deleting with the upload URL',
    diagnosis: unsigned,
    attempt: (upload) => ({ method: 'DELETE', url: upload.url, headers: {} }),
  },
  {
    what: 'over plain HTTP',
    diagnosis: 'The bucket’s policy must deny requests with aws:SecureTransport false.',
    attempt: (upload, bytes) => {
      if (!upload.url.startsWith('https:')) throw new Skipped('the store was given as http://')
      return put({ ...upload, url: upload.url.replace('https:', 'http:') }, bytes)
    },
  },
]

export const refusalChecks: Check[] = abuses.map(({ what, diagnosis, attempt }) => ({
  promise: `the bucket refuses: ${what}`,
  diagnosis,
  run: async (target) => {
    const { upload } = await requestUpload(target, target.unwanted)
    await expectRefusal(target, attempt(upload, target.unwanted.bytes))
  },
}))

/** Expects that the store refuses the attempt and stores nothing. */
export async function expectRefusal(target: Target, attempt: Attempt): Promise<void> {
  const answer = await sendExactly(attempt)
  const stored = await isStored(target)
  // Later checks need a photo that is not stored.
  if (stored) target.unwanted = await makeFreshPhoto()
  expect(!stored, `${describeAnswer(answer)}, and the object was stored`)
  expect(isRefusal(answer), describeAnswer(answer))
}

export function put(
  { method, url, headers }: UploadTarget,
  body: Buffer,
  changes: Record<string, string | undefined> = {},
): Attempt {
  const changed = Object.entries({ ...headers, ...changes }).filter(([, value]) => value !== undefined)
  return { method, url, headers: Object.fromEntries(changed) as Record<string, string>, body }
}

/** A store may close the connection instead of reading the body. 404, 5xx and a timeout are failures, not refusals. */
function isRefusal({ status, code }: Answer): boolean {
  if (status === 0) return ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes(code)
  return [301, 307, 308, 400, 403, 405, 411].includes(status)
}

async function isStored({ client, unwanted }: Target): Promise<boolean> {
  try {
    await client.completeUpload(unwanted.request.sha256)
    return true
  } catch (error) {
    if (error instanceof HashgateError && error.code === 'UPLOAD_NOT_FOUND_IN_STORE') return false
    throw error
  }
}

export function withoutQuery(url: string): string {
  return url.replace(/\?.*/, '')
}

function changeParameter(
  upload: UploadTarget,
  name: string,
  change: (value: string) => string,
): UploadTarget {
  const pattern = new RegExp(`(?<=[?&]${name}=)[^&]*`)
  return { ...upload, url: upload.url.replace(pattern, change) }
}

function flipFirstDigit(hex: string): string {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1)
}

function flipLastBit(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  return changed
}
