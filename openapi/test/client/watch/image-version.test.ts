import t from 'tap'
import type { Image, ImageEvent } from '../../../packages/client/src/types.ts'
import { isNewer, versionOfEvent, versionOfImage } from '../../../packages/client/src/watch/image-version.ts'

const image = (createdAt: string, sequence?: number) => versionOfImage({ createdAt, sequence } as Image)
const event = (generation: string, sequence?: number) =>
  versionOfEvent({ data: { generation, sequence } } as ImageEvent)

t.test('an event is newer than an image by its day, and within a record by its sequence', async (t) => {
  const known = image('2026-11-22T23:59:59.999Z', 9)
  t.equal(isNewer(event('20261122', 9), known), false)
  t.equal(isNewer(event('20261122', 10), known), true)
  t.equal(
    isNewer(event('20261122-2', 8), known),
    false,
    'a new upload of a rejected image continues the sequence',
  )
  t.equal(isNewer(event('20261122-10', 11), known), true)
  t.equal(isNewer(event('20261201', 1), known), true)
  t.equal(isNewer(event('20261121', 99), known), false)
})

t.test('without a version on one side, the event counts as newer', async (t) => {
  t.equal(isNewer(event('20261122'), image('2026-11-22T10:00:00.000Z', 9)), true)
  t.equal(isNewer(event('20261122', 1), image('2026-11-22T10:00:00.000Z')), true)
  t.equal(isNewer(event('20261122', 1), undefined), true)
})
