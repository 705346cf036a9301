import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import type { Variant } from '../../openapi/client/types.ts'
import { type Check, expect, requestUpload } from './check.ts'
import { put, withoutQuery } from './check-refusals.ts'
import { describeAnswer, sendAsTold } from './send-as-told.ts'
import type { Target } from './target.ts'

const uploads = new WeakMap<Target, ReturnType<typeof requestUpload>>()

export const uploadChecks: Check[] = [
  {
    promise: 'the bucket takes the announced bytes',
    diagnosis:
      'AccessDenied: the gateway’s role may not put into the raw bucket, or its policy denies it. ' +
      'SignatureDoesNotMatch: something in front of the store changes headers.',
    isVital: true,
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendAsTold(put(upload, target.photo.bytes))
      expect(answer.status === 200, describeAnswer(answer))
    },
  },
  {
    promise: 'the bucket refuses to overwrite: 412, with the same bytes',
    diagnosis: 'The store ignores if-none-match: whoever has a URL can write again and again.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendAsTold(put(upload, target.photo.bytes))
      expect(answer.status === 412 || hasHungUp(answer.code), describeAnswer(answer))
    },
  },
  {
    promise: 'the bucket refuses to overwrite with other bytes',
    diagnosis: 'The store ignores if-none-match and the checksum.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      const answer = await sendAsTold(put(upload, randomBytes(target.photo.bytes.length)))
      expect([400, 403, 412].includes(answer.status) || hasHungUp(answer.code), describeAnswer(answer))
    },
  },
  {
    promise: 'nobody can read the original, with or without the URL for writing',
    diagnosis: 'The raw bucket is open: block public access, and grant s3:GetObject to the processor alone.',
    run: async (target) => {
      const { upload } = await uploadOf(target)
      for (const url of [withoutQuery(upload.url), upload.url]) {
        const answer = await sendAsTold({ method: 'GET', url, headers: {} })
        expect(answer.status === 403, describeAnswer(answer))
      }
    },
  },
  {
    promise: 'the photo ends ready, with its variants',
    diagnosis:
      'pending: the bucket does not notify the processor, and no event reaches it. processing: it is slow or fails; its log says why.',
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
    promise: 'each variant can be downloaded, is as recorded, and says nothing of place and camera',
    diagnosis:
      'The gateway’s role needs s3:GetObject on the processed bucket; anything else is a fault: report it.',
    run: async (target) => {
      for (const variant of await variantsOf(target)) await checkVariant(variant)
    },
  },
  {
    promise: 'without its signature no variant can be read',
    diagnosis: 'The processed bucket is open: block public access.',
    run: async (target) => {
      for (const { name, url } of await variantsOf(target)) {
        const answer = await sendAsTold({ method: 'GET', url: withoutQuery(url), headers: {} })
        expect(answer.status === 403, `${name}: ${describeAnswer(answer)}`)
      }
    },
  },
  {
    promise: 'the same photo again is a duplicate: nothing to upload',
    diagnosis: 'The catalog has forgotten the image: look at its table and at its TTL.',
    run: async ({ client, photo }) => {
      const answer = await client.requestUpload(photo.request)
      expect(answer.duplicate && !answer.upload, `duplicate: ${answer.duplicate}, status ${answer.status}`)
      expect(Boolean(answer.image?.variants?.length), 'the answer does not have the image')
    },
  },
]

/** One URL for all that is tried with the photo: used twice it must still be refused. */
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
  const answer = await sendAsTold({ method: 'GET', url, headers: {} })
  expect(answer.status === 200, `${name}: ${describeAnswer(answer)}`)
  expect(answer.body.length === byteLength, `${name}: ${answer.body.length} bytes instead of ${byteLength}`)
  expect(answer.contentType === contentType, `${name}: ${answer.contentType} instead of ${contentType}`)
  const found = await sharp(answer.body).metadata()
  const size = `${found.width}×${found.height}`
  expect(size === `${width}×${height}`, `${name}: ${size} instead of ${width}×${height}`)
  const kept = ['exif', 'xmp', 'iptc', 'orientation'].filter((kind) => kind in found)
  expect(kept.length === 0, `${name} carries ${kept.join(', ')}`)
}

/** As a store may that does not want the rest of a body. */
function hasHungUp(code: string): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE'
}
