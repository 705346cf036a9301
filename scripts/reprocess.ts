/** `npm run reprocess`: processes images again, because the recipe changed or because they failed. */
import { parseArgs } from 'node:util'
import { tenantPattern } from '../core/images/object-key.ts'
import { abortOnSignal } from '../openapi/packages/cli/src/abort-on-signal.ts'
import { reprocessImage } from '../processor/pipeline/process-image.ts'
import { countCandidates } from './reprocess/count-candidates.ts'
import { countOutcomes } from './reprocess/count-outcomes.ts'
import { openProcessor } from './reprocess/open-processor.ts'
import { printRecipe, printSummary } from './reprocess/print-summary.ts'
import { reprocessAll } from './reprocess/reprocess-all.ts'
import { retryImage } from './reprocess/retry-image.ts'
import { showProgress } from './reprocess/show-progress.ts'
import { integerOption, runCommand } from './run-command.ts'

const usage = `Usage: npm run reprocess -- --recipe-changed | --failed [--tenant TENANT] [--day YYYY-MM-DD] [--dry-run]

Processes images again. Images that expire within a day are skipped. Ctrl-C stops the command after the images in progress; run
it again to continue. Several instances can run at the same time.

  --recipe-changed  ready images whose variants were made with another variant table, or with another KEEP_LOCATION, than the
                    current settings. They stay readable meanwhile. Each is announced on image.reprocessed
  --failed          images that were rejected as processing_failed, once the cause is repaired. They are pending again, and
                    their new result is announced like that of a new image
  --tenant TENANT   only images of this tenant, found by an index; without it, the whole table is scanned
  --day DAY         only images created on this UTC day
  --read-units N    limit of read units per second for the table scan, 500 by default
  --dry-run         count the images by day and tenant without changing anything

Takes the processor's settings from the environment: use the same values as the processors, VARIANTS above all. If
CATALOG_TABLE is not set, the command uses the settings of the system that "npm start" runs in this folder.

The exit code is 0 if nothing is left to do, and 130 after Ctrl-C.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'recipe-changed': { type: 'boolean', default: false },
      failed: { type: 'boolean', default: false },
      tenant: { type: 'string' },
      day: { type: 'string' },
      'read-units': { type: 'string', default: '500' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || values['recipe-changed'] === values.failed) {
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
    const criterion = values.failed ? 'failed' : { outdatedFor: deps.recipe }
    const pages = deps.catalog.listCandidates({ ...query, criterion })
    if (values['dry-run']) {
      await countCandidates(pages, signal)
      return exitCode() ?? 0
    }
    const counts = countOutcomes()
    const stopProgress = showProgress(counts)
    await reprocessAll(pages, {
      reprocess: (image) => (values.failed ? retryImage(image, deps) : reprocessImage(image, deps)),
      concurrency: config.IMAGES_IN_FLIGHT,
      signal,
      ...counts,
    }).finally(stopProgress)
    const code = printSummary(counts)
    if (signal.aborted) console.error('Interrupted. Run the same command again to continue.')
    return exitCode() ?? code
  } finally {
    await close()
  }
}

function checkTenant(tenant: string | undefined): string | undefined {
  if (tenant === undefined || new RegExp(tenantPattern).test(tenant)) return tenant
  throw new Error('--tenant must consist of at most 63 lower-case letters, digits and hyphens.')
}

function checkDay(day: string | undefined): string | undefined {
  if (day === undefined) return undefined
  const moment = new Date(`${day}T00:00:00.000Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(day) && moment.getTime() > 0 && moment.toJSON().startsWith(day)) return day
  throw new Error(`--day must be a UTC day such as 2026-11-22, not "${day}".`)
}
