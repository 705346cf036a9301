import { createHash } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import { createHashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import { putObject } from '../../openapi/packages/client/src/put-object.ts'
import type { ContentType, UploadTarget } from '../../openapi/packages/client/src/types.ts'
import { isGranted } from '../../openapi/packages/client/src/upload-image.ts'
import { startInProcess } from '../testkit/system/start-in-process.ts'

const system = await startInProcess(t)
const client = createHashgateClient(system)

t.test('an image that was declared with a wrong type can be declared again', async (t) => {
  const { file, request } = await makePng('teal')
  const wrong = await grant({ ...request, contentType: 'image/jpeg' })
  t.equal(await putObject(wrong, file), 'stored')
  const rejected = await client.waitForImage(request.sha256)
  t.match(rejected, {
    status: 'rejected',
    contentType: 'image/jpeg',
    byteLength: file.size,
    rejection: { reason: 'format_mismatch' },
  })
  const repeated = await client.requestUpload({ ...request, contentType: 'image/jpeg' })
  t.match(repeated, { status: 'rejected', duplicate: true }, 'the same declaration is a duplicate')

  const right = await grant(request)
  t.equal(await putObject(right, file), 'stored', 'the store accepts the bytes although it already has them')
  t.match(await client.waitForImage(request.sha256), {
    status: 'ready',
    contentType: 'image/png',
    createdAt: rejected.createdAt,
    expiresAt: rejected.expiresAt,
  })
  t.equal(new URL(right.url).pathname, `${new URL(wrong.url).pathname}-2`)
  t.match(await client.requestUpload({ ...request, contentType: 'image/jpeg' }), {
    status: 'ready',
    duplicate: true,
  })
})

t.test('a final record describes the stored bytes, regardless of later declarations', async (t) => {
  const { file, request } = await makePng('navy')
  const first = await grant(request)
  await grant({ ...request, byteLength: file.size + 1, contentType: 'image/jpeg' })
  t.equal(await putObject(first, file), 'stored')
  t.match(await client.waitForImage(request.sha256), {
    status: 'ready',
    byteLength: file.size,
    contentType: 'image/png',
  })
})

t.test('a declaration corrected between upload and processing is used', async (t) => {
  const { file, request } = await makePng('olive')
  const wrong = await grant({ ...request, contentType: 'image/jpeg' })
  const right = await grant(request)
  t.equal(await putObject(wrong, file), 'stored')
  t.equal(await putObject(right, file), 'already there')
  t.match(await client.waitForImage(request.sha256), { status: 'ready', contentType: 'image/png' })
})

async function makePng(background: string) {
  const create = { width: 32, height: 24, channels: 3, background } as const
  const bytes = await sharp({ create }).png().toBuffer()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const contentType: ContentType = 'image/png'
  return { file: new Blob([bytes]), request: { sha256, byteLength: bytes.length, contentType } }
}

async function grant(request: Parameters<typeof client.requestUpload>[0]): Promise<UploadTarget> {
  const answer = await client.requestUpload(request)
  if (!isGranted(answer)) throw new Error(`not granted: ${answer.status}`)
  return answer.upload
}
