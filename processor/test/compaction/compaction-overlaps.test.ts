import t from 'tap'
import {
  hourMs,
  retentionDays,
  startTestCompaction,
} from '../../../scripts/testkit/compaction/start-test-compaction.ts'
import { compactManifests } from '../../compaction/compact-manifests.ts'

const today = '2026-11-29'

t.test('two runs at the same time both succeed', async (t) => {
  const { putManifest, compact, queryImages, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await Promise.all([compact(), compact()])
  t.strictSame(await queryImages(today), ['acme/a'])
  clock.nowMs += hourMs
  await putManifest('acme/b', today)
  await Promise.all([compact(), compact()])
  t.strictSame(await queryImages(today), ['acme/a', 'acme/b'])
})

t.test('a run does not delete the file to which another run is about to move the partition', async (t) => {
  const { putManifest, compact, openDeps, queryImages, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  const deps = await openDeps()
  const point = async (day: string, location: string) => {
    clock.nowMs += 1_000
    await putManifest('acme/b', today)
    await compact()
    await deps.partitions.point(day, location)
  }
  await compactManifests({ ...deps, partitions: { ...deps.partitions, point } }, { retentionDays })
  t.strictSame(await queryImages(today), ['acme/a'], 'the file of the slower run is kept')
  await compact()
  t.strictSame(await queryImages(today), ['acme/a', 'acme/b'])
})
