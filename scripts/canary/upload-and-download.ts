import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { uploadImage } from '../../openapi/packages/client/src/upload-image.ts'

interface Options {
  gateway: string
  key: string
  signal: AbortSignal
}

export interface CanaryResult {
  imageId: string
  /** Variants that were downloaded. */
  variants: number
}

const width = 320
const height = 240

/**
 * Uploads a small image that was never uploaded before, waits until it is ready, and downloads its variants, as a client does.
 * @throws Error that names the step that failed
 */
export async function uploadAndDownload({ gateway, key, signal }: Options): Promise<CanaryResult> {
  let step = 'requesting an upload URL'
  try {
    const image = await uploadImage(await makeNoise(), {
      gateway,
      key,
      signal,
      fileName: 'canary.jpg',
      onStep: (next) => {
        if (next !== 'hashing') step = next
      },
    })
    if (image.status !== 'ready') {
      throw new Error(
        `the image ${image.imageId} is ${image.status} (${image.rejection?.reason ?? 'no reason'})`,
      )
    }
    const variants = image.variants ?? []
    if (variants.length === 0) throw new Error(`the image ${image.imageId} is ready and has no variants`)
    for (const { name, url, byteLength } of variants) {
      step = `downloading from ${new URL(url).host}`
      const answer = await fetch(url, { signal })
      const bytes = (await answer.arrayBuffer()).byteLength
      if (answer.status !== 200 || bytes !== byteLength) {
        throw new Error(
          `the variant ${name} of ${image.imageId} returned ${answer.status} with ${bytes} bytes`,
        )
      }
    }
    return { imageId: image.imageId, variants: variants.length }
  } catch (error) {
    throw new Error(`The canary failed at the step "${step}": ${(error as Error).message}`, { cause: error })
  }
}

/** A JPEG with random pixels, so that no two runs upload the same bytes. */
async function makeNoise(): Promise<Blob> {
  const pixels = sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
  return new Blob([new Uint8Array(await pixels.jpeg().toBuffer())], { type: 'image/jpeg' })
}
