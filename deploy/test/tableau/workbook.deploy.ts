import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { downloadSchemas } from './download-schemas.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'check_workbook.py')
const workbook = await readFile(join(import.meta.dirname, '../../tableau/hashgate.twb'), 'utf8')

async function check(t: Test, text: string) {
  const directory = t.testdir()
  const wheel = join(directory, 'wheel')
  await mkdir(wheel)
  const schemas: string[] = []
  for (const [name, bytes] of await downloadSchemas(wheel)) {
    const file = join(directory, name)
    await writeFile(file, bytes)
    schemas.push(file)
  }
  const file = join(directory, 'hashgate.twb')
  await writeFile(file, text)
  const { stdout } = await run('python', [script, file, ...schemas])
  return JSON.parse(stdout)
}

t.test(
  "the workbook matches Tableau's schemas of 2026.1 and 2026.2, and its Document API reads it",
  async (t) => {
    const { faults, ...read } = await check(t, workbook)
    t.strictSame(faults, [])
    t.match(read, {
      dashboards: ['Uploads', 'Savings and rejects', 'Processing and cameras'],
      fields: 25,
      connection: ['redshift', 'hashgate', 'tableau'],
    })
    t.equal(read.worksheets.length, 9)
  },
)

t.test('both schemas reject an invalid workbook', async (t) => {
  const { faults } = await check(t, workbook.replace('<rows>', '<row>').replace('</rows>', '</row>'))
  t.equal(faults.length, 2)
  t.match(faults[0], /Element 'row': This element is not expected/)
})
