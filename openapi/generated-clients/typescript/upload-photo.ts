/**
 * Uploads a photo with the generated client, waits until it is ready, and downloads a variant of it.
 *
 *     GATEWAY=http://127.0.0.1:3000 KEY=hg_… node upload-photo.ts harbour.jpg
 */
import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import createClient from 'openapi-fetch'
import type { Image, paths, UploadAnswer, UploadTarget, Variant } from './generated/hashgate.ts'

const { GATEWAY, KEY } = process.env
const gateway = createClient<paths>({ baseUrl: GATEWAY, headers: { authorization: `Bearer ${KEY}` } })

const [file = ''] = process.argv.slice(2)
const photo = await readFile(file)

const answer = await askForUpload()
if (answer.upload) {
  await putBytes(answer.upload)
  console.log(`uploaded ${photo.length} bytes`)
} else {
  console.log('duplicate: nothing to upload')
}

const image = await waitForImage(answer.imageId)
assert.equal(image.status, 'ready', image.rejection?.detail)
for (const variant of image.variants ?? []) {
  await checkVariant(variant)
  console.log(`${variant.name} ${variant.width}×${variant.height}: ${variant.byteLength} bytes of WebP`)
}

async function askForUpload(): Promise<UploadAnswer> {
  const sha256 = createHash('sha256').update(photo).digest('hex')
  const { data, error } = await gateway.POST('/v1/uploads', {
    body: { sha256, byteLength: photo.length, contentType: 'image/jpeg', fileName: basename(file) },
  })
  // `code` is stable, to branch on; `title` is for people.
  if (error) throw new Error(`${error.code}: ${error.detail ?? error.title}`)
  return data
}

/** The bytes go to the store, not to the gateway, with exactly the headers that were told. */
async function putBytes({ method, url, headers }: UploadTarget): Promise<void> {
  const { status } = await fetch(url, { method, headers, body: photo })
  // 412: the store has these bytes already.
  assert.ok(status === 200 || status === 412, `the store answers ${status}`)
}

/** Each call is held for up to 20 seconds. */
async function waitForImage(imageId: string): Promise<Image> {
  for (;;) {
    const { data, error } = await gateway.GET('/v1/images/{imageId}', {
      params: { path: { imageId }, query: { wait: 20 } },
    })
    if (error) throw new Error(`${error.code}: ${error.detail ?? error.title}`)
    if (data.status === 'ready' || data.status === 'rejected') return data
  }
}

async function checkVariant({ url, contentType, byteLength }: Variant): Promise<void> {
  const response = await fetch(url)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), contentType)
  const body = Buffer.from(await response.arrayBuffer())
  assert.equal(body.length, byteLength)
  assert.equal(body.toString('latin1', 0, 4) + body.toString('latin1', 8, 12), 'RIFFWEBP')
}
