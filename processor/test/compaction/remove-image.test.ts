import t from 'tap'
import {
  hourMs,
  imageOf,
  retentionDays,
  startTestCompaction,
} from '../../../scripts/testkit/compaction/start-test-compaction.ts'
import { removeImage } from '../../compaction/remove-image.ts'

const today = '2026-11-29'
const yesterday = '2026-11-28'
const image = { tenant: 'acme', imageId: imageOf('a') }

t.test('an image is removed from every day, every file and the manifests at once', async (t) => {
  const { putManifest, compact, openDeps, queryImages, store, clock } = await startTestCompaction(t)
  for (const day of [today, yesterday]) {
    for (const name of ['acme/a', 'acme/b', 'zoo/a']) await putManifest(name, day)
  }
  await compact()
  clock.nowMs += hourMs
  await putManifest('acme/c', today)
  await compact()
  t.equal((await store.listParquetFiles(today)).length, 2)

  t.equal(await removeImage(image, await openDeps(), { retentionDays }), true)
  t.strictSame(await queryImages(today), ['acme/b', 'acme/c', 'zoo/a'])
  t.strictSame(await queryImages(yesterday), ['acme/b', 'zoo/a'])
  t.equal((await store.listParquetFiles(today)).length, 1)
  await compact()
  t.strictSame(await queryImages(today), ['acme/b', 'acme/c', 'zoo/a'], 'a later run does not restore it')
  t.equal(await removeImage(image, await openDeps(), { retentionDays }), false)
  t.strictSame(await queryImages(yesterday), ['acme/b', 'zoo/a'], 'removal can be repeated')
})

t.test('removing the only image of a day removes the file and the partition', async (t) => {
  const { putManifest, compact, openDeps, locations, store } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await compact()
  await removeImage(image, await openDeps(), { retentionDays })
  t.strictSame(locations(), {})
  t.strictSame(await store.listParquetFiles(today), [])
})

t.test('an invalid image id or tenant is refused before anything is deleted', async (t) => {
  const { openDeps } = await startTestCompaction(t)
  const deps = await openDeps()
  for (const wrong of [
    { tenant: 'acme/..', imageId: imageOf('a') },
    { tenant: 'acme', imageId: 'A'.repeat(64) },
    { tenant: 'manifests', imageId: imageOf('a') },
  ]) {
    await t.rejects(removeImage(wrong, deps, { retentionDays }), { name: 'RangeError' })
  }
})
