import { createHash } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import { createHashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import type { Image, ImageEvent, UploadRequest } from '../../openapi/packages/client/src/types.ts'
import { deliverBytes, isGranted } from '../../openapi/packages/client/src/upload-image.ts'
import { watchImages } from '../../openapi/packages/client/src/watch-images.ts'
import { startInProcess } from '../testkit/system/start-in-process.ts'

const system = await startInProcess(t)
const client = createHashgateClient(system)

t.test("watchImages follows uploads to their results with the gateway's event stream", async (t) => {
  const uploads = await Promise.all([
    makeUpload('teal', 'image/png'),
    makeUpload('navy', 'image/png'),
    makeUpload('olive', 'image/jpeg'),
  ])
  const imageIds = uploads.map(({ request }) => request.sha256)
  const answers = await client.requestUploads(uploads.map(({ request }) => request))
  const asked: string[] = []
  const options = { ...system, fetch: recordUrls(asked) }

  const events = watchImages('all', options)
  t.match(await events.next(), { value: { type: 'resync', reason: 'opened' } })

  const seen = new Map<string, Image[]>()
  for await (const image of watchImages(imageIds, options)) {
    seen.set(image.imageId, [...(seen.get(image.imageId) ?? []), image])
    const index = imageIds.indexOf(image.imageId)
    const [answer, upload] = [answers[index], uploads[index]]
    if (image.status === 'pending' && upload && answer && 'imageId' in answer && isGranted(answer))
      await deliverBytes(client, upload.request, answer, upload.file, {})
  }
  const statuses = imageIds.map((id) => seen.get(id)?.map(({ status }) => status))
  t.strictSame(
    statuses.map((ofImage) => ofImage?.[0]),
    ['pending', 'pending', 'pending'],
  )
  t.strictSame(
    statuses.map((ofImage) => ofImage?.at(-1)),
    ['ready', 'ready', 'rejected'],
  )
  for (const images of seen.values()) {
    const sequences = images.map(({ sequence }) => sequence)
    t.strictSame(
      sequences,
      [...new Set(sequences)].toSorted((a, b) => a - b),
      'the sequence numbers of the states increase',
    )
  }
  t.notOk(
    asked.some((url) => url.includes('wait=20')),
    'no request waited for an image',
  )

  const received: ImageEvent[] = []
  for await (const event of events) {
    if (event.type !== 'resync') received.push(event)
    if (received.length === 3) break
  }
  for (const { data, type } of received) {
    const last = seen.get(data.imageId)?.at(-1)
    t.equal(data.sequence, last?.sequence, 'the event has the sequence number of the state')
    t.equal(type, `hashgate.image.${last?.status === 'ready' ? 'processed' : 'rejected'}.v1`)
  }
})

async function makeUpload(background: string, contentType: UploadRequest['contentType']) {
  const create = { width: 32, height: 24, channels: 3, background } as const
  const bytes = await sharp({ create }).png().toBuffer()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const request: UploadRequest = { sha256, byteLength: bytes.length, contentType }
  return { file: new Blob([bytes]), request }
}

function recordUrls(urls: string[]): typeof fetch {
  return (input, init) => {
    urls.push(String(input))
    return fetch(input, init)
  }
}
