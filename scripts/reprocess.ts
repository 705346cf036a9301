/** `npm run reprocess`: makes the variants and records of images again that another recipe has made. */
import { parseArgs } from 'node:util'
import { tenantPattern } from '../core/images/object-key.ts'
import { reprocessImage } from '../processor/pipeline/process-image.ts'
import { countEnds } from './reprocess/count-ends.ts'
import { countOutdated } from './reprocess/count-outdated.ts'
import { openProcessor } from './reprocess/open-processor.ts'
import { printRecipe, printSummary } from './reprocess/print-summary.ts'
import { reprocessOutdated } from './reprocess/reprocess-outdated.ts'
import { showProgress } from './reprocess/show-progress.ts'
import { abortOnSignal, integerOption, runCommand } from './run-command.ts'

const usage = `Usage: npm run reprocess -- --recipe-changed [--tenant TENANT] [--day YYYY-MM-DD] [--dry-run]

Makes ready images again that were made by another table of variants, or with another KEEP_LOCATION, than this one has.
They can be read all the while. Images with less than a day left are left as they are. Ctrl-C ends it when the images at hand are done; the same command goes on. Several may run at
the same time.

  --recipe-changed  what is out of date; there is no other reason yet
  --tenant TENANT   only this tenant's images, found by the index of its days; without, the whole table is read
  --day DAY         only images that were created on this UTC day
  --read-units N    read units a second that reading the whole table may take, 500 by default
  --dry-run         counts them by day and tenant, and changes nothing

Settings are the processor's, in the environment, the same as it has: VARIANTS above all. Without CATALOG_TABLE there they
are those of the system that "npm start" runs here. Each image is announced on image.reprocessed.

The exit code is 0 when nothing is left to do, 130 after Ctrl-C.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'recipe-changed': { type: 'boolean', default: false },
      tenant: { type: 'string' },
      day: { type: 'string' },
      'read-units': { type: 'string', default: '500' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || !values['recipe-changed']) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const query = {
    tenant: checkTenant(values.tenant),
    day: checkDay(values.day),
    readUnitsPerSecond: integerOption(values['read-units'], '--read-units'),
  }
  const { signal, exitCode } = abortOnSignal()
  const { config, deps, close } = await openProcessor()
  try {
    printRecipe(deps.recipe, deps.variants)
    const pages = deps.catalog.listOutdated({ ...query, recipe: deps.recipe })
    if (values['dry-run']) {
      await countOutdated(pages, signal)
      return exitCode() ?? 0
    }
    const counts = countEnds()
    const endProgress = showProgress(counts)
    await reprocessOutdated(pages, {
      reprocess: (image) => reprocessImage(image, deps),
      concurrency: config.IMAGES_IN_FLIGHT,
      signal,
      ...counts,
    }).finally(endProgress)
    const code = printSummary(counts)
    if (signal.aborted) console.error('Interrupted. The same command goes on.')
    return exitCode() ?? code
  } finally {
    await close()
  }
}

function checkTenant(tenant: string | undefined): string | undefined {
  if (tenant === undefined || new RegExp(tenantPattern).test(tenant)) return tenant
  throw new Error('--tenant takes lower-case letters, digits and hyphens, 63 at most.')
}

function checkDay(day: string | undefined): string | undefined {
  if (day === undefined) return undefined
  const moment = new Date(`${day}T00:00:00.000Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(day) && moment.getTime() > 0 && moment.toJSON().startsWith(day)) return day
  throw new Error(`--day takes a UTC day such as 2026-11-22, not "${day}".`)
}
