/** `npm run tableau`: writes Tableau's workbook. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { renderWorkbook } from './tableau/render-workbook.ts'

const usage = `Usage: npm run tableau -- workbook

  workbook   writes deploy/tableau/hashgate.twb from hashgate.tds and the worksheets in scripts/analytics/tableau/`

const folder = new URL('../../deploy/tableau/', import.meta.url)

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (positionals.join(' ') !== 'workbook') throw new Error(usage)
  const dataSource = await readFile(new URL('hashgate.tds', folder), 'utf8')
  await writeFile(new URL('hashgate.twb', folder), renderWorkbook(dataSource))
  return 0
})
