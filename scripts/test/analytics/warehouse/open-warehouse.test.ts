import { readdir } from 'node:fs/promises'
import t from 'tap'
import type { Item } from '../../../analytics/warehouse/item-type.ts'
import { openWarehouse } from '../../../analytics/warehouse/open-warehouse.ts'
import { startStores } from './start-stores.ts'

// A separate folder for temporary files, because other tests write to the shared one.
const temporary = t.testdir({})
process.env.TMPDIR = temporary

const now = '2026-11-29 12:00:00'
const imageId = 'a'.repeat(64)

const record: Item = {
  pk: { S: `acme#${imageId}` },
  tenant: { S: 'acme' },
  imageId: { S: imageId },
  generation: { S: '20261129' },
  status: { S: 'ready' },
  byteLength: { N: '9007199254740991' },
  contentType: { S: 'image/png' },
  createdAt: { S: '2026-11-29T10:00:00.000Z' },
  expiresAt: { N: '1796000000' },
  attempts: { N: '1' },
  'an \'odd\' "name"': { M: {} },
}

const manifest = {
  tenant: 'acme',
  imageId,
  generation: '20261129',
  expiresAt: 4_000_000_000,
  format: 'png',
  camera: { make: "O'Neill" },
}

t.test('the views show the records and manifests of the running system when they are opened', async (t) => {
  const { dataDirectory, putRecord, putManifest } = await startStores(t)
  await putRecord(record)
  await putRecord({ ...record, pk: { S: 'old' }, imageId: { S: 'b'.repeat(64) }, expiresAt: { N: '1' } })
  await putManifest(`manifests/day=2026-11-29/acme/${imageId}.json`, JSON.stringify(manifest))
  await putManifest(`manifests/day=2026-11-29/acme/${'c'.repeat(64)}.json`, '{"tenant": "ac')
  await putManifest(
    `manifests/day=2026-11-29/acme/${'e'.repeat(64)}.json`,
    JSON.stringify({ ...manifest, imageId: 'e'.repeat(64), width: 'wide' }),
  )
  await putManifest(`acme/${imageId}/20261129/0/thumb.webp`, 'a variant')

  const { query, close } = await openWarehouse({ dataDirectory, now })
  t.teardown(close)
  const { columns, rows } = await query('SELECT * FROM analytics.images')
  t.equal(rows.length, 1, 'the expired record is left out')
  t.match(rows[0], {
    tenant: 'acme',
    byte_length: 9007199254740991,
    format: 'png',
    camera_make: "O'Neill",
    requested_at: '2026-11-29 10:00:00+00',
    finished_at: null,
  })
  t.match(columns.slice(0, 2), [
    { name: 'day', type: 'DATE' },
    { name: 'tenant', type: 'VARCHAR' },
  ])
  t.match(await query('SELECT day, images FROM analytics.formats_and_cameras'), {
    rows: [{ day: '2026-11-29', images: 1 }],
  })

  const manifests = await query('SELECT image_id, width FROM analytics.manifests ORDER BY image_id')
  t.match(manifests.rows, [{ image_id: imageId }, { width: null }], 'a value of another type is null')
  t.equal(manifests.rows.length, 2, 'a manifest that is not JSON is left out')

  await putRecord({ ...record, pk: { S: 'later' }, imageId: { S: 'd'.repeat(64) } })
  t.match(await query('SELECT COUNT(*) AS n FROM analytics.images'), { rows: [{ n: 1 }] })
  const again = await openWarehouse({ dataDirectory, now })
  t.teardown(again.close)
  t.match(await again.query('SELECT COUNT(*) AS n FROM analytics.images'), { rows: [{ n: 2 }] })
})

t.test('a system without images has empty views', async (t) => {
  const { dataDirectory } = await startStores(t)
  const { query, close } = await openWarehouse({ dataDirectory })
  t.teardown(close)
  for (const view of [
    'images',
    'manifests',
    'uploads_per_day',
    'processing_latency',
    'formats_and_cameras',
  ]) {
    t.strictSame((await query(`SELECT * FROM analytics.${view}`)).rows, [], view)
  }
})

t.test("a query uses Redshift's SQL, and another one can follow a failed one", async (t) => {
  const { dataDirectory } = await startStores(t)
  const { query, close } = await openWarehouse({ dataDirectory, now })
  t.teardown(close)
  t.match(await query("SELECT DATEDIFF(hour, DATE '2026-11-29', GETDATE()) AS hours"), {
    rows: [{ hours: 12 }],
  })
  await t.rejects(query('SELECT * FROM analytics.imagse'), /imagse does not exist/)
  t.match(await query('SELECT 1.5 AS a, true AS b, NULL AS c, [1, 2] AS d'), {
    rows: [{ a: 1.5, b: true, c: null, d: [1, 2] }],
  })
})

t.test('without a running system the error says what to do, and no copy is left', async (t) => {
  const { dataDirectory, stop } = await startStores(t)
  await stop()
  await t.rejects(openWarehouse({ dataDirectory }), {
    message: /^The local system does not answer at http:\S+ \(ECONNREFUSED\)\. Run "npm start"/,
  })
  await t.rejects(openWarehouse({ dataDirectory: t.testdir({}) }), /^No system is running: .*local\.json/)
  await t.rejects(
    openWarehouse({ dataDirectory: t.testdir({ 'local.json': '{' }) }),
    /local\.json cannot be read\. Run "npm start" again/,
  )
  t.strictSame(await readdir(temporary), [])
})
