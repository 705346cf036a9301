import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import type { Variant } from '../../openapi/packages/client/src/types.ts'
import { type Check, expect, requestUpload } from './check.ts'
import { put, withoutQuery } from './check-refusals.ts'
import { describeAnswer, sendExactly } from './send-exactly.ts'
import type { Target } from './target.ts'

const uploads = new WeakMap<Target, ReturnType<typeof requestUpload>>()

export const uploadChecks: Check[] = [
  {
    promise: 'the bucket accepts the announced bytes',
    diagnosis:
      'AccessDenied: the gateway’s role may not put into the raw bucket, or its policy denies it. ' +
      'SignatureDoesNotMatch: a proxy in front of the store changes headers.',
    isVital: true,
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendExactly(put(upload, target.photo.bytes))
      expect(answer.status === 200, describeAnswer(answer))
    },
  },
  {
    promise: 'the bucket refuses to overwrite: 412, with the same bytes',
    diagnosis: 'The store ignores if-none-match, so the holder of a URL can write repeatedly.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendExactly(put(upload, target.photo.bytes))
      expect(answer.status === 412 || hasHungUp(answer.code), describeAnswer(answer))
    },
  },
  {
    promise: 'the bucket refuses to overwrite with other bytes',
    diagnosis: 'The store ignores if-none-match and the checksum.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendExactly(put(upload, randomBytes(target.photo.bytes.length)))
      expect([400, 403, 412].includes(answer.status) || hasHungUp(answer.code), describeAnswer(answer))
    },
  },
  {
    promise: 'the original cannot be read, with or without the upload URL',
    diagnosis: 'The raw bucket is public: block public access and grant s3:GetObject to the processor only.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      for (const url of [withoutQuery(upload.url), upload.url]) {
        const answer = await sendExactly({ method: 'GET', url, headers: {} })
        expect(answer.status === 403, describeAnswer(answer))
      }
    },
  },
  {
    promise: 'the photo becomes ready and has variants',
    diagnosis:
      'pending: no bucket notification or event reaches the processor. processing: the processor is slow or fails; see its log.',
    isVital: true,
    run: async ({ client, photo, timeoutSeconds }) => {
      await client.completeUpload(photo.request.sha256)
      const image = await client.waitForImage(photo.request.sha256, timeoutSeconds)
      expect(
        image.status === 'ready',
        `${image.status}${image.rejection ? `: ${image.rejection.detail}` : ` after ${timeoutSeconds} s`}`,
      )
      expect(Boolean(image.variants?.length), 'ready, without variants')
    },
  },
  {
    promise: 'each variant can be downloaded, matches its record and has no camera or location metadata',
    diagnosis:
      'The gateway’s role needs s3:GetObject on the processed bucket. Anything else is a bug: report it.',
    run: async (target) => {
      for (const variant of await variantsOf(target)) await checkVariant(variant)
    },
  },
  {
    promise: 'no variant can be read without its signature',
    diagnosis: 'The processed bucket is public: block public access.',
    run: async (target) => {
      for (const { name, url } of await variantsOf(target)) {
        const answer = await sendExactly({ method: 'GET', url: withoutQuery(url), headers: {} })
        expect(answer.status === 403, `${name}: ${describeAnswer(answer)}`)
      }
    },
  },
  {
    promise: 'the same photo is a duplicate: nothing to upload',
    diagnosis: 'The catalog has lost the image: check its table and the TTL setting.',
    run: async ({ client, photo }) => {
      const answer = await client.requestUpload(photo.request)
      expect(answer.duplicate && !answer.upload, `duplicate: ${answer.duplicate}, status ${answer.status}`)
      expect(Boolean(answer.image?.variants?.length), 'the answer does not have the image')
    },
  },
]

/** One URL for all checks of the photo, because its second use must be refused. */
function uploadOf(target: Target): ReturnType<typeof requestUpload> {
  const upload = uploads.get(target) ?? requestUpload(target, target.photo)
  uploads.set(target, upload)
  return upload
}

async function variantsOf({ client, photo }: Target): Promise<Variant[]> {
  const { variants = [] } = await client.getImage(photo.request.sha256)
  expect(variants.length > 0, 'there are no variants')
  return variants
}

async function checkVariant({ name, url, width, height, byteLength, contentType }: Variant): Promise<void> {
  const answer = await sendExactly({ method: 'GET', url, headers: {} })
  expect(answer.status === 200, `${name}: ${describeAnswer(answer)}`)
  expect(answer.body.length === byteLength, `${name}: ${answer.body.length} bytes instead of ${byteLength}`)
  expect(answer.contentType === contentType, `${name}: ${answer.contentType} instead of ${contentType}`)
  const found = await sharp(answer.body).metadata()
  const size = `${found.width}×${found.height}`
  expect(size === `${width}×${height}`, `${name}: ${size} instead of ${width}×${height}`)
  const kept = ['exif', 'xmp', 'iptc', 'orientation'].filter((kind) => kind in found)
  expect(kept.length === 0, `${name} carries ${kept.join(', ')}`)
}

/** A store may close the connection instead of reading the rest of a body. */
function hasHungUp(code: string): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE'
}
