import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { writeReport } from '../../../../analytics/report/write-report.ts'
import { generateImages } from '../../../analytics/report/generate-images.ts'
import { openGeneratedWarehouse } from '../../../analytics/report/open-generated-warehouse.ts'
import { openBrowser } from '../open-browser.ts'
import { findViolations } from '../page/find-violations.ts'
import { findOverflow } from '../page/open-page.ts'

const folder = fileURLToPath(new URL('../../../../../docs/images/', import.meta.url))
const isWriting = process.argv.includes('--screenshots')
const now = new Date('2026-11-29T18:20:00Z')

async function openReport(t: Test): Promise<Page> {
  const warehouse = await openGeneratedWarehouse(t, generateImages(now, 14, 400), { now, historyMode: true })
  const open = async () => ({ query: warehouse.query, close: async () => {} })
  const directory = t.testdir()
  const { files } = await writeReport({}, { open, sourceName: 'prod', directory, now })
  const context = await (await openBrowser(t)).newContext({ javaScriptEnabled: true, offline: true })
  const page = await context.newPage()
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) t.fail(`the page requested ${request.url()}`)
  })
  await page.goto(pathToFileURL(files[0] ?? '').href)
  return page
}

t.test(
  'the report is accessible in light, in dark and at 320 pixels, with its details open and closed',
  async (t) => {
    const page = await openReport(t)
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 320]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        const name = `${colorScheme}, ${width} pixels`
        t.strictSame(await findViolations(page), [], name)
        t.ok((await findOverflow(page)) <= 0, `${name}: nothing is wider than the screen`)
        t.equal(
          await page.locator('svg.plot[role=img]:visible').count(),
          8,
          `${name}: each chart is visible once`,
        )
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true
        })
      }
    }
  },
)

t.test('printed in dark mode, the report is black on white and leaves out the details', async (t) => {
  const page = await openReport(t)
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
  t.equal(await page.locator('details:visible').count(), 0)
  const colors = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.documentElement)
    return { color, backgroundColor }
  })
  t.strictSame(colors, { color: 'rgb(27, 31, 36)', backgroundColor: 'rgb(255, 255, 255)' })
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  t.match(pdf.match(/\/Type \/Page\b/g)?.length, 3, 'pages')
  t.match(pdf, /\/MediaBox \[0 0 59[45]\S* 84[12]\S*\]/, 'A4')
})

t.test('the screenshot of the documentation can be made', async (t) => {
  const page = await openReport(t)
  await page.setViewportSize({ width: 1000, height: 1060 })
  const picture = await page.screenshot({ animations: 'disabled' })
  const { channels } = await sharp(picture).stats()
  t.ok(channels[0] && channels[0].stdev > 5, 'the screenshot is not empty')
  const webp = await sharp(picture).resize(800).webp({ quality: 80 }).toBuffer()
  if (isWriting) await writeFile(join(folder, 'report.webp'), webp)
  else
    t.ok(
      (await readFile(join(folder, 'report.webp'))).length < 60_000,
      'docs/images/report.webp is smaller than 60 kB',
    )
})
