import sharp from 'sharp'
import t from 'tap'
import { uploadImage } from '../../openapi/packages/client/src/upload-image.ts'
import { startInProcess } from '../testkit/system/start-in-process.ts'

const dayMs = 86_400_000

t.test(
  'an image expires after seven days, and can be uploaded again while its old object still exists',
  async (t) => {
    const system = await startInProcess(t)
    const file = await makeImage()
    const first = await uploadImage(file, system)
    t.equal(first.status, 'ready')
    const [oldKey = ''] = await system.listRaw()
    const read = () =>
      fetch(`${system.gateway}/v1/images/${first.imageId}`, { headers: { 'x-api-key': system.key } })

    system.advanceClock(7 * dayMs - 60_000)
    t.equal((await read()).status, 200, 'the image is available a minute before it expires')
    system.advanceClock(60_000)
    t.equal((await read()).status, 404, 'the image is not available when it expires')
    t.equal(await system.countRecords(), 1, 'the record still exists in the table')
    t.strictSame(await system.listRaw(), [oldKey], 'the object still exists in the bucket')

    const second = await uploadImage(file, system)
    t.equal(second.status, 'ready')
    t.ok(second.createdAt >= first.expiresAt)
    const keys = await system.listRaw()
    t.equal(keys.length, 2)
    t.ok(keys.includes(oldKey))
    t.equal((await read()).status, 200)
  },
)

t.test('a duplicate does not extend the lifetime of an image', async (t) => {
  const system = await startInProcess(t)
  const file = await makeImage()
  const first = await uploadImage(file, system)
  system.advanceClock(3 * dayMs)
  const again = await uploadImage(file, system)
  t.equal(again.expiresAt, first.expiresAt)
  t.equal((await system.listRaw()).length, 1)
})

async function makeImage(): Promise<Blob> {
  const create = { width: 64, height: 48, channels: 3, background: 'teal' } as const
  return new Blob([await sharp({ create }).png().toBuffer()], { type: 'image/png' })
}
