import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const module = new URL('../../pipeline/publish-metrics.ts', import.meta.url)

/** The metrics of one finished image, from a separate process, because the library writes to stdout. */
async function metricsOf(waitMs?: number) {
  const program = `
    const { createLambdaMetrics } = await import('${module}')
    const { observer, publish } = createLambdaMetrics('hashgate')
    observer.imageFinished({ outcome: 'ready', bytes: { original: 1, variants: 1 }, waitMs: ${waitMs} }, 5)
    publish()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  return JSON.parse(stdout)
}

t.test('a result that comes more than 60 seconds after the upload is late', async (t) => {
  t.match(await metricsOf(60_000), { TimeToResult: 60_000, LateResults: 0 })
  t.match(await metricsOf(60_001), { TimeToResult: 60_001, LateResults: 1 })
})

t.test('an image with an unknown storage time counts as neither late nor on time', async (t) => {
  const metrics = await metricsOf()
  t.equal(metrics.ImagesReady, 1)
  t.notOk('LateResults' in metrics || 'TimeToResult' in metrics)
})
