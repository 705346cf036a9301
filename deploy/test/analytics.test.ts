import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { readManifestTable } from '../../scripts/analytics/warehouse/read-manifest-table.ts'
import { modelDeployment } from '../model/model-deployment.ts'
import { modelResource } from '../model/model-resource.ts'
import { readParameters } from '../read-template.ts'
import { openTestWarehouse } from './analytics/open-test-warehouse.ts'
import { listSqlFiles, readStatements } from './analytics/read-sql.ts'
import { writeSomeDays } from './analytics/write-some-days.ts'

const manifestTable = readManifestTable()
const { rows, manifests, fieldNames, byteLengths } = await writeSomeDays(t)

t.test('the columns of the manifest table are the fields of a manifest', async (t) => {
  const { Columns } = manifestTable.StorageDescriptor
  const columns = Columns.flatMap(({ Name, Type }) => [
    Name,
    ...[...Type.matchAll(/\w+(?=:)/g)].map(([field]) => field),
  ])
  const fields = fieldNames.map((name) => name.toLowerCase())
  t.strictSame(
    fields.filter((name) => !columns.includes(name)),
    [],
    'fields without a column',
  )
  // Written only when an image is reprocessed.
  const seldom = ['remadeat', 'recipe']
  t.strictSame(
    columns.filter((name) => ![...fields, ...seldom].includes(name)),
    [],
    'columns without a field',
  )
})

t.test('the views over records that have not expired', async (t) => {
  const { ask } = await openTestWarehouse(t, {
    ...contents(t),
    rows,
    historyMode: false,
    now: '2026-11-24 00:00:00',
  })
  const { jpeg, png, damaged } = byteLengths

  t.strictSame(await ask('uploads_per_day', 'ORDER BY day'), [
    {
      day: '2026-11-22',
      tenant: 'local',
      requested: 4,
      arrived: 3,
      ready: 2,
      rejected: 1,
      arrived_bytes: jpeg + png + damaged,
    },
    {
      day: '2026-11-23',
      tenant: 'acme',
      requested: 1,
      arrived: 1,
      ready: 1,
      rejected: 0,
      arrived_bytes: 5_000_000,
    },
  ])
  t.strictSame(await ask('bytes_saved_by_dedup', 'ORDER BY day'), [
    {
      day: '2026-11-22',
      tenant: 'local',
      duplicates: 3,
      saved_bytes: 3 * jpeg,
      sent_bytes: jpeg + png + damaged,
    },
    { day: '2026-11-23', tenant: 'acme', duplicates: 2, saved_bytes: 10_000_000, sent_bytes: 5_000_000 },
  ])
  t.strictSame(await ask('rejects_by_reason'), [
    { day: '2026-11-22', tenant: 'local', reason: 'image_corrupt', content_type: 'image/jpeg', images: 1 },
  ])
  t.strictSame(await ask('processing_latency', "WHERE status = 'ready' ORDER BY day"), [
    {
      day: '2026-11-22',
      status: 'ready',
      images: 2,
      processing_p50_seconds: 1.5,
      processing_p90_seconds: 1.5,
      processing_p99_seconds: 1.5,
      // One of the clients uploaded 30 seconds after its request.
      total_mean_seconds: 16.5,
      total_max_seconds: 31.5,
    },
    {
      day: '2026-11-23',
      status: 'ready',
      images: 1,
      processing_p50_seconds: 4,
      processing_p90_seconds: 4,
      processing_p99_seconds: 4,
      total_mean_seconds: 4,
      total_max_seconds: 4,
    },
  ])
  t.match(await ask('formats_and_cameras', 'ORDER BY day, format'), [
    { day: '2026-11-22', format: 'jpeg', camera_make: null, images: 1, mean_megapixels: 0.12 },
    { day: '2026-11-22', format: 'png', camera_make: null, images: 1, bytes: png },
    {
      day: '2026-11-23',
      format: 'jpeg',
      camera_make: 'Canon',
      camera_model: 'Canon EOS 40D',
      images: 1,
      bytes: 5_000_000,
      mean_megapixels: 12,
    },
  ])
  t.match(await ask('images', "WHERE status = 'pending'"), [
    { content_type: 'image/webp', format: null, started_at: null, finished_at: null, duplicates: 0 },
  ])
  t.match(await ask('images', "WHERE tenant = 'acme'"), [
    { color_space: 'srgb', has_alpha: false, pages: 1, taken_at: '2008-05-30T15:56:01', width: 4000 },
  ])
})

t.test('without history a record leaves the views at the second at which it expires', async (t) => {
  const expiresAt = Math.min(...rows.map(({ item }) => Number(item.expiresAt?.N)))
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')
  const count = async (t: Test, now: string) => {
    const { ask } = await openTestWarehouse(t, { ...contents(t), rows, historyMode: false, now })
    return (await ask('images')).length
  }
  await t.test('one second before expiry', async (t) =>
    t.equal(await count(t, at(expiresAt - 1)), rows.length),
  )
  await t.test('at expiry', async (t) => t.ok((await count(t, at(expiresAt))) < rows.length))
  await t.test('one month after expiry', async (t) => t.equal(await count(t, '2026-12-24 00:00:00'), 0))
})

t.test('with history each record counts once, with its latest state, even after it expires', async (t) => {
  const past = { createdAt: '2026-11-22 10:00:00', deletedAt: '2026-11-22 10:15:00' }
  const versions = rows.flatMap((row) => [
    { ...row, item: { ...row.item, status: { S: 'pending' }, duplicates: { N: '9' } }, history: past },
    { ...row, history: { createdAt: '2026-11-22 10:15:00', deletedAt: '2026-11-29 11:00:00' } },
  ])
  const [first] = rows
  t.ok(first)
  const secondLife = {
    pk: first?.pk ?? '',
    item: { ...first?.item, generation: { S: '20261201' }, createdAt: { S: '2026-12-01T09:00:00.000Z' } },
    history: { createdAt: '2026-12-01 09:15:00' },
  }
  const secondUpload = {
    ...secondLife,
    item: { ...secondLife.item, generation: { S: '20261201-2' } },
    history: { createdAt: '2026-12-01 09:30:00' },
  }
  const { ask } = await openTestWarehouse(t, {
    ...contents(t),
    rows: [...versions, secondLife, secondUpload],
    historyMode: true,
    now: '2026-12-24 00:00:00',
  })
  const images = await ask('images')
  t.equal(images.length, rows.length + 1)
  t.match(await ask('uploads_per_day', "WHERE day = DATE '2026-11-22'"), [
    { requested: 4, arrived: 3, ready: 2 },
  ])
  t.match(await ask('bytes_saved_by_dedup', "WHERE tenant = 'acme'"), [{ duplicates: 2 }])
})

t.test('with history the attributes of an image outlive its manifest', async (t) => {
  const history = { createdAt: '2026-11-23 10:15:00' }
  const { ask } = await openTestWarehouse(t, {
    ...contents(t),
    manifests: manifests.filter(({ day }) => day !== '2026-11-23'),
    rows: rows.map((row) => ({ ...row, history })),
    historyMode: true,
    now: '2026-12-24 00:00:00',
  })
  t.match(await ask('formats_and_cameras', "WHERE day = DATE '2026-11-23'"), [
    { format: 'jpeg', camera_make: 'Canon', images: 1, mean_megapixels: 12 },
  ])
})

t.test('a deleted warehouse leaves a snapshot only if it kept history', async (t) => {
  const namespaceOf = (HistoryMode: string) =>
    modelResource(
      modelDeployment('dev', { ...readParameters('dev'), analytics: { HistoryMode } }),
      'analytics',
      'Namespace',
    )
  t.match(namespaceOf('true'), { FinalSnapshotName: 'hashgate-dev-last' })
  t.notOk('FinalSnapshotName' in namespaceOf('false'))
})

t.test('a stack publishes the value of each placeholder', async (t) => {
  const stacks: { stack: string; writes: string[] }[] = JSON.parse(
    await readFile(new URL('../stacks.json', import.meta.url), 'utf8'),
  )
  const published = stacks.flatMap(({ stack, writes }) => writes.map((name) => `${stack}/${name}`))
  // The sources that analytics/README.md lists
  const sources: Record<string, string> = {
    IntegrationId: 'analytics/integration-arn',
    GlueDatabase: 'analytics/glue-database',
    SpectrumRoleArn: 'analytics/spectrum-role-arn',
    ViewerRole: 'analytics/viewer-role',
    HistoryMode: 'analytics/history-mode',
    RefreshIntervalSeconds: 'analytics/refresh-interval-seconds',
    CatalogTable: 'metadata/catalog-table',
  }
  for (const [name, source] of Object.entries(sources)) t.ok(published.includes(source), `${name}: ${source}`)
  for (const historyMode of [true, false]) {
    for (const file of await listSqlFiles(historyMode)) {
      // The one value that no stack publishes: it comes from the price list.
      const statements = await readStatements(file, { ...sources, StoragePrice: '0.023' })
      t.ok(statements.length > 0, file)
      t.notMatch(statements.join('\n'), /\$\{/, file)
    }
  }
})

const contents = (t: Test) => ({ manifests, directory: t.testdir() })
