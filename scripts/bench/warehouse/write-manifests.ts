import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DuckDBConnection } from '@duckdb/node-api'
import { recordsTable } from '../../analytics/warehouse/create-views.ts'

/** The days within the retention. */
export const days = [
  '2026-11-23',
  '2026-11-24',
  '2026-11-25',
  '2026-11-26',
  '2026-11-27',
  '2026-11-28',
  '2026-11-29',
]

/** The manifest fields whose names differ from the columns' in case. */
export const fieldNames = [
  'imageId',
  'rawKey',
  'byteLength',
  'contentType',
  'fileName',
  'createdAt',
  'startedAt',
  'processedAt',
  'expiresAt',
  'colorSpace',
  'hasAlpha',
  'takenAt',
  'dominantColor',
]

/** One manifest per row of `range`, with every field that the processor writes and values that repeat about as often as real ones. */
const synthetic = (images: number) => `
  SELECT
    *,
    tenant || '/' || imageId || '/' || generation AS rawKey,
    strftime(created, '%Y-%m-%dT%H:%M:%S.%gZ') AS createdAt,
    strftime(created + to_milliseconds(400 + n % 3000), '%Y-%m-%dT%H:%M:%S.%gZ') AS startedAt,
    strftime(created + to_milliseconds(1200 + n % 9000), '%Y-%m-%dT%H:%M:%S.%gZ') AS processedAt,
    epoch(created)::BIGINT + 604800 AS expiresAt,
    list_transform(['thumb', 'medium', 'large'], name -> {
      name: name,
      key: tenant || '/' || imageId || '/' || generation || '/5f0c9b1d7a3e8264/' || name || '.webp',
      contentType: 'image/webp', width: 256, height: 192, byteLength: 4000 + n % 90000
    }) AS variants
  FROM (
    SELECT
      n,
      'tenant-' || (n * 7919 % 40) AS tenant,
      sha256('image ' || n) AS imageId,
      strftime(created, '%Y%m%d') AS generation,
      strftime(created, '%Y-%m-%d') AS day,
      created,
      CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'ready' END AS status,
      200000 + n * 104729 % 9000000 AS byteLength,
      'IMG_' || (n % 10000) || '.jpg' AS fileName,
      1000 + n % 5000 AS width,
      800 + n % 4000 AS height
    FROM (
      SELECT range AS n, TIMESTAMP '2026-11-23' + to_seconds((range * 6700417 % 604800)::BIGINT) AS created
      FROM range(${images})
    )
  )`

const manifest = `
  tenant, imageId, generation, status, rawKey, byteLength, 'image/jpeg' AS contentType, fileName, createdAt, startedAt, processedAt,
  expiresAt, 1 AS attempts, '5f0c9b1d7a3e8264' AS recipe, 'jpeg' AS format, width, height, 'srgb' AS colorSpace, false AS hasAlpha, 1 AS pages,
  {make: 'Maker ' || (n % 9), model: 'Model ' || (n % 60)} AS camera, '2026-05-30T15:56:01' AS takenAt, '3OcRJYB4d3h/iIeHeEh3eIhw+j2w' AS placeholder,
  '#0a0b0c' AS dominantColor, variants, CASE WHEN status = 'rejected' THEN 'image_corrupt' END AS reason`

const item = `{
  tenant: {S: tenant}, imageId: {S: imageId}, generation: {S: generation}, status: {S: status}, byteLength: {N: byteLength::VARCHAR},
  contentType: {S: 'image/jpeg'}, createdAt: {S: createdAt}, startedAt: {S: startedAt}, finishedAt: {S: processedAt},
  expiresAt: {N: expiresAt::VARCHAR}, attempts: {N: '1'}, duplicates: {N: (n % 3)::VARCHAR},
  rejection: {M: {reason: {S: CASE WHEN status = 'rejected' THEN 'image_corrupt' END}}},
  image: {M: {format: {S: 'jpeg'}, width: {N: width::VARCHAR}, height: {N: height::VARCHAR}, camera: {M: {make: {S: 'x'}, model: {S: 'y'}}}}}
}`

/** Creates the records of synthetic images in DuckDB, and their manifests in `‹directory›/lines/day=…/all/all.json`, one per line. */
export async function writeManifests(
  connection: DuckDBConnection,
  directory: string,
  images: number,
): Promise<void> {
  await connection.run(`CREATE TABLE synthetic AS ${synthetic(images)}`)
  await connection.run("ATTACH ':memory:' AS hashgate_records")
  await connection.run('CREATE SCHEMA hashgate_records.public')
  await connection.run(
    `CREATE TABLE ${recordsTable} AS SELECT tenant || '#' || imageId AS pk, ${item} AS value FROM synthetic`,
  )
  for (const day of days) {
    const folder = join(directory, `lines/day=${day}/all`)
    await mkdir(folder, { recursive: true })
    const rows = `SELECT ${manifest} FROM synthetic WHERE day = '${day}'`
    await connection.run(`COPY (${rows}) TO '${join(folder, 'all.json')}' (FORMAT json)`)
  }
  await connection.run('DROP TABLE synthetic')
}

/** Copies the manifests into one file for each image, `‹directory›/files/day=…/‹tenant›/‹sha256›.json`, as the processor writes them. */
export async function splitManifests(directory: string): Promise<void> {
  for (const day of days) {
    const lines = createInterface(createReadStream(join(directory, `lines/day=${day}/all/all.json`)))
    for await (const line of lines) {
      const { tenant, imageId } = JSON.parse(line)
      const folder = join(directory, `files/day=${day}`, tenant)
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, `${imageId}.json`), line)
    }
  }
}
