import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const command = fileURLToPath(new URL('../../cost/cost.ts', import.meta.url))
const cost = (...args: string[]) => run(process.execPath, [command, ...args])

/** The seconds and downloads that deploy/README.md assumes. */
const readme = await readFile(new URL('../../../deploy/README.md', import.meta.url), 'utf8')
const [, seconds = '', downloads = ''] =
  /npm run cost -- --images 1000000 --seconds ([\d.]+) --downloads (\d+)/.exec(readme) ?? []

/** Dollars by row. */
function readRows(text: string): Map<string, number> {
  const rows = text.matchAll(/^\| (?:(.*?) )?\| (.*?) \| \**([\d.]+)\** \|$/gm)
  return new Map([...rows].map(([, what, arithmetic, usd]) => [what ?? `${arithmetic}`, Number(usd)]))
}

t.test('the tables of deploy/README.md match the output of the command', async (t) => {
  const printed = readRows(
    (await cost('--images', '1000000', '--seconds', seconds, '--downloads', downloads)).stdout,
  )
  const documented = readRows(readme)
  t.ok(printed.size > 32, `${printed.size} rows`)
  for (const [what, usd] of printed) {
    const shown = documented.get(what) ?? Number.NaN
    // Reads of the gateway's cached keys and the length of log lines vary.
    t.ok(Math.abs(shown - usd) <= Math.max(0.15, 0.03 * usd), `${what}: ${usd}, documented as ${shown}`)
  }
  const images = printed.get('**per 1,000,000 images**') ?? Number.NaN
  t.ok(images <= 77, `a million images cost ${images}`)
})

t.test('invalid options are refused', async (t) => {
  await t.rejects(cost('--seconds', 'fast'), /--seconds must be a number above 0, not "fast"\./)
  await t.rejects(cost('--images', '0'), /--images must be an integer of at least 1/)
  await t.rejects(cost('--downloads', 'many'), /--downloads must be an integer of at least 0/)
  await t.rejects(cost('--env', 'moon'), /No parameters for "moon": deploy\/parameters has dev, prod\./)
  await t.rejects(cost('--speed', '1'), /Unknown option '--speed'/)
})
