import t from 'tap'
import type { Image } from '../../../../openapi/packages/client/src/types.ts'
import { withChanged } from '../../../web/app/use-image-map.ts'

const imageId = 'a'.repeat(64)
const pending = { imageId, status: 'pending', sequence: 1, createdAt: '2026-11-22T10:00:00.000Z' } as Image
const ready: Image = { ...pending, status: 'ready', sequence: 3 }

function show(...states: Image[]): Image | undefined {
  let known: ReadonlyMap<string, Image> = new Map()
  for (const state of states) known = withChanged(known, [state])
  return known.get(imageId)
}

t.test('a newer state replaces the known one', async (t) => {
  t.equal(show(pending, ready), ready)
})

t.test('a state that was read earlier and arrives later is left out', async (t) => {
  t.equal(show(ready, pending), ready)
  t.equal(withChanged(new Map(), [ready, pending]).get(imageId), ready, 'in one update too')
})

t.test('the same state again replaces the known one, because its URLs are newer', async (t) => {
  const again = { ...ready }
  t.equal(show(ready, again), again)
})

t.test('an image that expired and was uploaded again is newer than the expired one', async (t) => {
  const again: Image = { ...pending, createdAt: '2026-11-30T10:00:00.000Z' }
  t.equal(show(ready, again), again)
})
