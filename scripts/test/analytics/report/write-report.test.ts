import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import t, { type Test } from 'tap'
import { formatBytes, formatCount, formatShare } from '../../../analytics/report/format.ts'
import { writeReport } from '../../../analytics/report/write-report.ts'
import { type GeneratedImage, generateImages } from './generate-images.ts'
import { openGeneratedWarehouse } from './open-generated-warehouse.ts'

const now = new Date('2026-11-29T18:20:00Z')
const images = generateImages(now, 14, 60)

interface Options {
  from?: string
  to?: string
  tenant?: string
  images?: GeneratedImage[]
  historyMode?: boolean
  retentionDays?: number
}

/** A report with its CSV files. */
async function write(
  t: Test,
  { images: listed = images, historyMode, retentionDays, ...options }: Options = {},
) {
  const directory = t.testdir()
  const warehouse = await openGeneratedWarehouse(t, listed, { now, historyMode, retentionDays })
  let isOpen = true
  const close = async () => {
    isOpen = false
  }
  const written = await writeReport(
    { ...options, csv: 'tables' },
    { open: async () => ({ query: warehouse.query, close }), sourceName: 'prod', directory, now },
  )
  t.notOk(isOpen, 'the report leaves the warehouse closed')
  const [file = ''] = written.files
  const markup = await readFile(file, 'utf8')
  const { document } = parseHTML(markup)
  const textOf = (selector: string) => document.querySelector(selector)?.textContent ?? ''
  const headline = (name: string) =>
    [...document.querySelectorAll('.tile')].find((tile) => tile.querySelector('.name')?.textContent === name)
      ?.textContent
  const readTable = (name: string) => readFile(join(directory, 'tables', `${name}.csv`), 'utf8')
  return { ...written, directory, file, markup, document, textOf, headline, readTable }
}

t.test('the page shows the numbers of the images', async (t) => {
  const { headline, textOf, file, readTable, summary } = await write(t)
  const recent = images.filter(({ requestedAtMs }) => requestedAtMs >= Date.parse('2026-11-23'))
  const arrived = recent.filter(({ status }) => status !== 'pending')
  const rejected = arrived.filter(({ status }) => status === 'rejected')
  const bytes = arrived.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const saved = arrived.reduce((sum, { byteLength, duplicates }) => sum + byteLength * duplicates, 0)
  const share = formatShare(rejected.length / arrived.length)

  t.match(file, /\/hashgate-report-2026-11-23-2026-11-29\.html$/)
  t.match(textOf('.scope'), /^23\W29 November 2026 · all tenants · prod$/)
  t.equal(textOf('.lead'), summary)
  t.match(summary, `${formatCount(arrived.length)} images arrived, and ${share} were rejected.`)
  t.match(headline('Images received'), `${arrived.length}\nof ${recent.length} requested`)
  t.match(headline('Data received'), formatBytes(bytes))
  t.match(headline('Saved by deduplication'), formatBytes(saved))
  t.match(headline('Saved by deduplication'), `${formatShare(saved / (bytes + saved))} of the data`)
  t.match(headline('Rejected'), `${share}\n${rejected.length} of ${arrived.length} images`)
  t.match(textOf('.basis'), /not shown, because records from 16\W22 November 2026 have expired/)

  const [head, ...rows] = (await readTable('uploads-by-day')).trimEnd().split('\r\n')
  t.equal(head, 'day,requested,ready,rejected')
  t.equal(rows.length, 7)
  t.equal(
    rows.reduce((sum, row) => sum + Number(row.split(',')[2]), 0),
    arrived.length - rejected.length,
  )
})

t.test('with history the page shows changes from the preceding period', async (t) => {
  const { headline, textOf } = await write(t, { historyMode: true })
  const before = images.filter(
    (image) => image.requestedAtMs < Date.parse('2026-11-23') && image.status !== 'pending',
  )
  t.match(headline('Images received'), new RegExp(`▲ [\\d.]+%, from ${before.length}`))
  t.match(textOf('.basis'), /^Changes are against 16\W22 November 2026\.$/)
})

t.test(
  'the page loads and runs nothing, and each chart has a title, a description, its data and its query',
  async (t) => {
    const { document, markup } = await write(t)
    t.equal(document.querySelectorAll('script, iframe, object, embed, img').length, 0)
    t.notMatch(markup, /\son\w+=|@import|url\((?!#)|(src|href)="(?!data:)/)
    const sections = [...document.querySelectorAll('.figure')]
    t.equal(sections.length, 8)
    for (const section of sections) {
      const name = section.querySelector('h2')?.textContent ?? ''
      for (const chart of section.querySelectorAll('svg.plot')) {
        t.equal(chart.getAttribute('role'), 'img', name)
        const ids = chart.getAttribute('aria-labelledby')?.split(' ') ?? []
        const [title, description] = ids.map((id) => chart.querySelector(`#${id}`)?.textContent)
        t.equal(title, name)
        t.equal(description, section.querySelector('p')?.textContent)
      }
      t.ok(section.querySelector('svg.plot'), `${name}: a chart`)
      t.ok(section.querySelector('table tbody tr'), `${name}: data`)
      t.match(section.querySelector('pre')?.textContent, /^SELECT[\s\S]*\sFROM analytics\./, `${name}: query`)
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    t.strictSame(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
      'ids are unique',
    )
  },
)

t.test('the page states the retention of the system', async (t) => {
  const { textOf } = await write(t, { retentionDays: 1 })
  t.match(textOf('.note'), 'Records expire 1 day after the upload request')
  t.match(textOf('section[aria-labelledby=retention-outlook] p'), /expire within 1 day, most of it on/)
})

t.test('a report of one tenant shows only its images', async (t) => {
  const { file, textOf, document, readTable } = await write(t, { tenant: 'acme' })
  t.match(file, /2026-11-29-acme\.html$/)
  t.match(textOf('.scope'), /tenant acme/)
  t.notOk(document.querySelector('#top-tenants'))
  await t.rejects(readTable('top-tenants'), { code: 'ENOENT' })
})

t.test('the page of an empty period states that it is empty', async (t) => {
  const { textOf, document, headline } = await write(t, { images: [] })
  t.equal(textOf('.lead'), 'No image arrived in this period.')
  t.match(headline('Images received'), /0\nof 0 requested/)
  t.match(headline('Median processing time'), '–')
  t.equal(document.querySelectorAll('svg.plot[role=img]').length, 0)
  t.equal(document.querySelectorAll('.figure').length, 8)
  t.notMatch(document.body.textContent, /NaN|Infinity|undefined|null/)
})

t.test('a report about one image uses the singular', async (t) => {
  const [first] = images.filter(
    ({ status, requestedAtMs }) => status === 'rejected' && requestedAtMs > now.getTime() - 3e8,
  )
  const image = { ...(first as GeneratedImage), duplicates: 1 }
  const { textOf, headline, summary } = await write(t, { images: [image] })
  const sentence = (name: string) => textOf(`section[aria-labelledby=${name}] p`)
  t.match(summary, '1 image arrived, and it was rejected.')
  t.match(headline('Saved by deduplication'), '1 upload avoided')
  t.match(sentence('uploads-by-day'), '0 images became ready and 1 was rejected.')
  t.match(sentence('savings-by-day'), '1 further request was for images')
  t.match(sentence('retention-outlook'), /^1 image with .* expires within/)
})

t.test('images that were never uploaded count neither as processed nor for a tenant', async (t) => {
  const pending = images.filter(({ status }) => status === 'pending')
  const { textOf } = await write(t, { images: pending })
  t.match(textOf('section[aria-labelledby=top-tenants] p'), 'No image arrived in this period.')
  t.match(textOf('section[aria-labelledby=latency-by-hour] p'), 'No image was processed in this period.')
})

t.test('camera names are escaped in the page and in spreadsheets', async (t) => {
  const hostile = '=HYPERLINK("http://x")</title><script>alert(1)</script>'
  const [first] = images.filter(
    ({ status, requestedAtMs }) => status === 'ready' && requestedAtMs > now.getTime() - 1e8,
  )
  const image = { ...(first as GeneratedImage), camera: { make: '', model: hostile } }
  const { document, readTable } = await write(t, { images: [image] })
  t.equal(document.querySelectorAll('script').length, 0)
  t.equal(document.querySelector('section[aria-labelledby=cameras] tbody th')?.textContent, hostile)
  t.match(await readTable('cameras'), `"'=HYPERLINK(""http://x"")</title><script>alert(1)</script>",1\r\n`)
})

t.test('invalid options are refused before anything is written', async (t) => {
  const warehouse = await openGeneratedWarehouse(t, images, { now })
  const directory = t.testdir({ file: '' })
  const open = async () => ({ query: warehouse.query, close: async () => {} })
  const context = { open, sourceName: 'prod', directory, now }
  await t.rejects(writeReport({ from: '2026-11-29', to: '2026-11-28' }, context), { message: /Swap them/ })
  await t.rejects(writeReport({ out: 'missing/report.html' }, context), {
    message: /missing\/report\.html cannot be written \(ENOENT\)/,
  })
  await t.rejects(writeReport({ out: 'report.html', csv: 'file' }, context), {
    message: 'file cannot be written (EEXIST). Choose another file or directory.',
  })
  await t.rejects(writeReport({ tenant: 'nobody' }, { ...context, directory: join(directory, 'x') }), {
    message: /no image of the tenant "nobody"/,
  })
  t.notOk((await readdir(directory)).some((name) => name.startsWith('hashgate-report')))
})
