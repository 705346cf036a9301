import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Period } from '../data/period.ts'
import { readReport, type Source } from '../data/read-report.ts'
import { createSections } from '../page/create-sections.ts'
import { renderPage } from '../page/render-page.ts'
import { formatCsv } from '../write-csv.ts'
import { composeMail, type Mail, nameFolder } from './compose-mail.ts'

interface Options {
  source: Source
  env: string
  now: Date
  s3: S3Client
  region: string
  bucket: string
  /** @returns the id of the message */
  publish: (mail: Mail) => Promise<string | undefined>
}

export interface Delivered {
  /** Key of the page. */
  key: string
  /** False: an earlier run sent the mail for this period. */
  isMailed: boolean
}

/**
 * Writes the report of a period and its CSV files to `reports/‹from›_‹to›/`, then announces it once. A second run overwrites the same
 * objects and sends no second mail.
 *
 * `mailed.json` is written after the mail: a run that fails in between mails again, which is better than no mail. Nothing is written unless
 * all queries succeed.
 * @throws Error with the reason; a retry can help
 */
export async function deliverReport(period: Period, options: Options): Promise<Delivered> {
  const { source, env, now, s3, region, bucket, publish } = options
  const data = await readReport(source, { period, now })
  const sections = createSections(data)
  const prefix = nameFolder(period)
  const put = (name: string, ContentType: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + name, ContentType, Body }))

  await Promise.all(
    sections.map(({ name, columns, rows }) =>
      put(
        `${name}.csv`,
        'text/csv; charset=utf-8',
        formatCsv([columns.map((column) => column.name), ...rows]),
      ),
    ),
  )
  // Last, so that the page has its tables beside it.
  await put('report.html', 'text/html; charset=utf-8', renderPage(data, sections, env))

  const key = `${prefix}report.html`
  if (await exists(s3, bucket, `${prefix}mailed.json`)) return { key, isMailed: false }
  const messageId = await publish(composeMail(data, env, { region, bucket, prefix }))
  await put('mailed.json', 'application/json', JSON.stringify({ messageId, mailedAt: now.toISOString() }))
  return { key, isMailed: true }
}

/** Lists instead of reading the object, so that the function needs no permission to read reports. */
async function exists(s3: S3Client, Bucket: string, key: string): Promise<boolean> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: key, MaxKeys: 1 }))
  return Contents.some(({ Key }) => Key === key)
}
