import t from 'tap'
import { hourMs, startTestCompaction } from '../../../scripts/testkit/compaction/start-test-compaction.ts'

const today = '2026-11-29'
const yesterday = '2026-11-28'

t.test('a damaged file is written again from the manifests', async (t) => {
  const { putManifest, putObject, compact, queryImages, clock } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await compact()
  clock.nowMs += hourMs
  await putObject(
    `manifests/parquet/day=${today}/20261129T123000000Z-0/manifests.parquet`,
    'PAR1 half a file',
  )
  const [result] = await compact()
  t.match(result, { read: 1, rows: 1, damage: /20261129T123000000Z-0\/manifests\.parquet: / })
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('a file that was damaged after it was written is written again under another key', async (t) => {
  const { putManifest, putObject, compact, queryImages } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  const [{ key = '' } = {}] = await compact()
  await putObject(key, 'PAR1 half a file')
  const [result] = await compact()
  t.match(result, { rows: 1, damage: `${key}: ` })
  t.not(result?.key, key)
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('a file whose rows are damaged, but not its footer, is written again', async (t) => {
  const { putManifest, putObject, compact, queryImages, store } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  const [{ key = '' } = {}] = await compact()
  const { bytes = Buffer.alloc(0) } = (await store.read(key)) ?? {}
  bytes.fill(0, 4, 300)
  await putObject(key, bytes)
  t.match(await compact(), [{ rows: 1, damage: `${key}: The content does not match the hash in the name.` }])
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('after a column was added, rows stay until their manifests have been read again', async (t) => {
  const { putManifest, compact, queryRows, state } = await startTestCompaction(t)
  await putManifest('acme/a', today, { lens: '50 mm' })
  await putManifest('acme/b', today, { lens: '35 mm' })
  await compact()
  state.columns = [...state.columns, { Name: 'lens', Type: 'string' }]
  t.match(await compact({ maxReads: 1 }), [{ rows: 2, read: 1, left: 1 }])
  t.match(await queryRows(today), [{ lens: '50 mm' }, { lens: null }])
})

t.test('after the type of a column was changed, the file is written again', async (t) => {
  const { putManifest, compact, queryRows, state } = await startTestCompaction(t)
  await putManifest('acme/a', today, { width: 3 })
  await compact()
  state.columns = state.columns.map((column) =>
    column.Name === 'width' ? { Name: 'width', Type: 'bigint' } : column,
  )
  t.match(await compact(), [{ rows: 1, damage: /The column width was of the type int\.$/ }])
  t.match(await queryRows(today), [{ width: 3n }])
})

t.test('an outdated file is kept while the run may read no manifest', async (t) => {
  const { putManifest, compact, locations, state } = await startTestCompaction(t)
  await putManifest('acme/a', today)
  await putManifest('acme/a', yesterday)
  await compact()
  const before = locations()
  state.columns = state.columns.map((column) =>
    column.Name === 'width' ? { Name: 'width', Type: 'bigint' } : column,
  )
  t.match(await compact({ maxReads: 1 }), [
    { day: today, read: 1, left: 0 },
    { day: yesterday, read: 0, left: 1 },
  ])
  t.equal(locations()[yesterday], before[yesterday])
  t.match(await compact({ maxReads: 1 }), [{ read: 0 }, { day: yesterday, read: 1, rows: 1 }])
})
