import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { choosePeriod } from './data/period.ts'
import { readReport, type Source } from './data/read-report.ts'
import { createSections } from './page/create-sections.ts'
import { renderPage, summarize } from './page/render-page.ts'
import { writeCsv } from './write-csv.ts'

interface Options {
  from?: string
  to?: string
  tenant?: string
  /** File of the page. Default: `hashgate-report-‹from›-‹to›.html`, with the tenant if there is one. */
  out?: string
  /** Directory of the CSV files. Default: none are written. */
  csv?: string
}

interface Context {
  open: () => Promise<Source & { close: () => Promise<void> }>
  /** Name of the warehouse on the page. */
  sourceName: string
  /** Base directory of relative paths. */
  directory: string
  now: Date
}

/**
 * Writes a report.
 * @returns the files, the page first, and the page's first sentence
 * @throws Error for invalid options, for a tenant without images, and when a file cannot be written
 */
export async function writeReport(
  { from, to, tenant, out, csv }: Options,
  { open, sourceName, directory, now }: Context,
): Promise<{ files: string[]; summary: string }> {
  const period = choosePeriod({ from, to }, now)
  const source = await open()
  try {
    const data = await readReport(source, { period, tenant, now })
    const sections = createSections(data)
    const name = ['hashgate-report', period.from, period.to, ...(tenant ? [tenant] : [])].join('-')
    const file = resolve(directory, out ?? `${name}.html`)
    await writeFile(file, renderPage(data, sections, sourceName)).catch(explain(file))
    const tables =
      csv === undefined ? [] : await writeCsv(resolve(directory, csv), sections).catch(explain(csv))
    return { files: [file, ...tables], summary: summarize(data) }
  } finally {
    await source.close()
  }
}

function explain(file: string) {
  return (cause: NodeJS.ErrnoException): never => {
    throw new Error(`${file} cannot be written (${cause.code}). Choose another file or directory.`, { cause })
  }
}
