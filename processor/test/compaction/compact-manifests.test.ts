import t from 'tap'
import {
  hourMs,
  imageOf,
  retentionDays,
  startTestCompaction,
} from '../../../scripts/testkit/compaction/start-test-compaction.ts'
import { compactManifests } from '../../compaction/compact-manifests.ts'

const today = '2026-11-29'
const yesterday = '2026-11-28'

t.test('each day gets a Parquet file, sorted by tenant, and a partition that points to it', async (t) => {
  const { putManifest, compact, queryRows, queryImages, locations } = await startTestCompaction(t)
  const variants = [
    { name: 'thumb', key: 'k', contentType: 'image/webp', width: 256, height: 192, byteLength: 4 },
  ]
  await putManifest('zoo/a', today, { camera: { make: "O'Neill" }, variants, hasAlpha: false })
  await putManifest('acme/b', today, {
    width: 'wide',
    height: 2 ** 40,
    location: { latitude: 47.5, longitude: -8 },
  })
  await putManifest('acme/a', yesterday)
  const results = await compact()
  t.match(results, [
    { day: today, rows: 2, read: 2, left: 0, unreadable: [] },
    { day: yesterday, rows: 1, read: 1 },
  ])
  t.match(locations(), {
    [today]: /^s3:\/\/processed\/manifests\/parquet\/day=2026-11-29\/20261129T120000000Z-[0-9a-f]{16}\/$/,
    [yesterday]: /day=2026-11-28/,
  })
  const [first, second] = await queryRows(today)
  t.match(first, {
    tenant: 'acme',
    imageid: imageOf('b'),
    bytelength: 5_000_000_000n,
    width: null,
    height: null,
    location: { latitude: 47.5, longitude: -8 },
  })
  t.match(second, {
    tenant: 'zoo',
    hasalpha: false,
    camera: { make: "O'Neill", model: null },
    variants: [{ name: 'thumb', contenttype: 'image/webp', bytelength: 4n, pages: null }],
  })
  t.strictSame(await queryImages(yesterday), ['acme/a'])
})

t.test('a run that finds nothing new reads no manifest and writes nothing', async (t) => {
  const { putManifest, compact, locations } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  const [before] = await compact()
  const located = locations()
  const [after] = await compact()
  t.match(after, { key: before?.key, rows: 1, read: 0 })
  t.strictSame(locations(), located)
})

t.test('new, rewritten, deleted and late manifests reach the next file', async (t) => {
  const { putManifest, compact, queryRows, queryImages, store, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today, { width: 1 })
  await putManifest('acme/b', today)
  await putManifest('acme/c', today)
  await compact()
  clock.nowMs += hourMs
  await putManifest('acme/a', today, { width: 2 })
  await store.remove(`manifests/day=${today}/acme/${imageOf('b')}.json`)
  await putManifest('acme/d', '2026-11-23')
  await putManifest('acme-2/a', today)
  t.match(await compact(), [
    { day: today, read: 2 },
    { day: '2026-11-23', read: 1 },
  ])
  t.strictSame(await queryImages(today), ['acme-2/a', 'acme/a', 'acme/c'])
  t.equal((await queryRows(today))[1]?.width, 2)
  t.strictSame(await queryImages('2026-11-23'), ['acme/d'])
})

t.test('one run drops expired images, and the partition of a day without images', async (t) => {
  const { putManifest, compact, queryImages, locations, store, clock } = await startTestCompaction(t)
  const lifetimeMs = retentionDays * 24 * hourMs
  const expiresAt = (clock.nowMs + lifetimeMs) / 1_000
  await putManifest('acme/a', today, { expiresAt })
  clock.nowMs += 60_000
  await putManifest('acme/b', today, { expiresAt: expiresAt + 60 })
  await compact()
  clock.nowMs += lifetimeMs - 60_000
  t.match(await compact(), [{ rows: 1, read: 0 }])
  t.strictSame(await queryImages(today), ['acme/b'])
  t.match(
    await compact(),
    [{ rows: 1, read: 0 }],
    'the manifest that S3 has not deleted yet is not read again',
  )

  clock.nowMs += hourMs
  t.match(await compact(), [{ rows: 0, key: undefined }])
  t.strictSame(locations(), {})
  clock.nowMs += hourMs
  await compact()
  t.strictSame(await store.listParquetFiles(today), [], 'its files are deleted by the next run')
})

t.test('manifests of expired images are not read after the file was deleted', async (t) => {
  const { putManifest, compact, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  clock.nowMs += retentionDays * 24 * hourMs
  t.match(await compact(), [{ rows: 0, read: 0 }])
})

t.test(
  'manifests that reprocessing wrote shortly before their images expired are not read afterwards',
  async (t) => {
    const { putManifest, compact, clock } = await startTestCompaction(t)
    await putManifest('acme/a', '2026-11-23')
    t.match(await compact(), [{ rows: 1 }], 'written on the day before the image expires')
    clock.nowMs = Date.parse('2026-12-01T00:00:00Z')
    for (const file of ['current', 'superseded', 'deleted'])
      t.match(await compact(), [{ rows: 0, read: 0 }], `its file is ${file}`)
  },
)

t.test('a superseded file stays until queries have finished with it', async (t) => {
  const { putManifest, compact, store, clock } = await startTestCompaction(t)
  const countFiles = async () => (await store.listParquetFiles(today)).length
  await putManifest('acme/a', today)
  await compact()
  clock.nowMs += hourMs
  await putManifest('acme/b', today)
  await compact()
  t.equal(await countFiles(), 2)
  clock.nowMs += 19 * 60_000
  await compact()
  t.equal(await countFiles(), 2)
  clock.nowMs += 60_000
  t.match(await compact(), [{ rows: 2 }])
  t.equal(await countFiles(), 1)
})

t.test('a run reads at most the given number of manifests, and the next one continues', async (t) => {
  const { putManifest, compact, queryImages, queryRows, clock } = await startTestCompaction(t)
  for (const letter of 'bcd') await putManifest(`acme/${letter}`, today, { width: 1 })
  await compact()
  clock.nowMs += 1_000
  for (const letter of 'abcd') await putManifest(`acme/${letter}`, today, { width: 2 })
  await putManifest('acme/a', yesterday)
  t.match(await compact({ maxReads: 2 }), [
    { day: today, read: 2, left: 2, rows: 4 },
    { day: yesterday, read: 0, left: 1 },
  ])
  t.strictSame(
    await queryImages(today),
    ['acme/a', 'acme/b', 'acme/c', 'acme/d'],
    'rows that are yet to be replaced are kept',
  )
  t.match(await queryRows(today), [{ width: 2 }, { width: 2 }, { width: 1 }, { width: 1 }])
  t.match(await compact({ maxReads: 3 }), [
    { read: 2, left: 0 },
    { read: 1, left: 0 },
  ])
  t.match(await queryRows(today), [{ width: 2 }, { width: 2 }, { width: 2 }, { width: 2 }])
})

t.test('unreadable manifests are named and have no row', async (t) => {
  const { putManifest, putObject, compact, queryImages } = await startTestCompaction(t)
  const key = (letter: string) => `manifests/day=${today}/acme/${imageOf(letter)}.json`
  await putManifest('acme/a', today)
  await putObject(key('b'), '{"tenant": "ac')
  await putObject(key('c'), '[]')
  await putManifest('acme/d', today, { imageId: imageOf('e') })
  await putManifest('acme/f', today, { expiresAt: 'never' })
  await putObject(`manifests/day=${today}/notes.txt`, 'not a manifest')
  const expected = [{ rows: 1, unreadable: ['b', 'c', 'd', 'f'].map(key) }]
  const [first] = await compact()
  t.match([first], expected)
  t.strictSame(await queryImages(today), ['acme/a'])
  t.match(await compact(), [{ ...expected[0], key: first?.key }], 'the same rows are not written again')
})

t.test('a day that fails does not keep the others from being compacted', async (t) => {
  const { putManifest, openDeps, compact, queryImages } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await putManifest('acme/b', yesterday)
  const deps = await openDeps()
  const store = {
    ...deps.store,
    listManifests: (day: string) =>
      day === today ? Promise.reject(new Error('Slow Down')) : deps.store.listManifests(day),
  }
  await t.rejects(compactManifests({ ...deps, store }, { retentionDays }), {
    name: 'AggregateError',
    message: 'Not compacted: 2026-11-29 (Slow Down)',
  })
  t.strictSame(await queryImages(yesterday), ['acme/b'])
  await compact()
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('the error lists every reason with its days', async (t) => {
  const { putManifest, openDeps } = await startTestCompaction(t)
  for (const day of [today, yesterday, '2026-11-27']) await putManifest('acme/a', day)
  const deps = await openDeps()
  const listManifests = async (day: string) => {
    throw new Error(day === yesterday ? 'Access Denied' : 'Slow Down')
  }
  await t.rejects(compactManifests({ ...deps, store: { ...deps.store, listManifests } }, { retentionDays }), {
    message: 'Not compacted: 2026-11-29, 2026-11-27 (Slow Down); 2026-11-28 (Access Denied)',
  })
})

t.test('days without time left are named and left to the next run', async (t) => {
  const { putManifest, compact, queryImages, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await t.rejects(compact({ endsAtMs: clock.nowMs }), {
    message: 'Not compacted: 2026-11-29 (The run had no time left.)',
  })
  t.strictSame(await queryImages(today), [])
})

t.test('a refusal from Glue fails the run', async (t) => {
  const { putManifest, compact, openDeps, state } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  const deps = await openDeps()
  state.refusal = 'AccessDeniedException'
  await t.rejects(compactManifests(deps, { retentionDays }), {
    message: /^Not compacted: 2026-11-29 \(Batch/,
  })
  await t.rejects(compact(), { name: 'AccessDeniedException' })
  state.refusal = ''
  t.match(await compact(), [{ rows: 1 }])
})
