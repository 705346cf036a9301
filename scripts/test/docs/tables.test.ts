import { readFile } from 'node:fs/promises'
import t from 'tap'
import { scopes } from '../../../core/api-keys/api-key.ts'
import { rejections } from '../../../core/errors.ts'
import { topics } from '../../../core/events/image-events.ts'
import { acceptedFormats } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import { problems } from '../../../gateway/http/problems.ts'
import { createMetrics } from '../../../gateway/observe/create-metrics.ts'

const readPage = (name: string) => readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
const api = await readPage('API.md')
const operating = await readPage('OPERATING.md')
const formats = await readPage('FORMATS.md')
const contributing = await readPage('CONTRIBUTING.md')

t.test('docs/API.md has every problem code, rejection reason and topic', async (t) => {
  for (const [code, { status }] of Object.entries(problems)) {
    t.match(api, new RegExp(`^\\| .*\`${code}\`.* \\| ${status} \\|`, 'm'), code)
  }
  for (const reason of Object.keys(rejections)) t.match(api, new RegExp(`^\\| .*\`${reason}\``, 'm'), reason)
  for (const topic of Object.values(topics)) t.match(api, new RegExp(`^\\| .*\`${topic}\``, 'm'), topic)
})

t.test('docs/OPERATING.md has every scope and every metric of the gateway', async (t) => {
  for (const scope of scopes) t.ok(operating.includes(`| \`${scope}\` |`), scope)
  for (const { name } of await createMetrics().registry.getMetricsAsJSON()) {
    if (name.startsWith('hashgate_')) t.ok(operating.includes(`\`${name}\``), name)
  }
})

t.test('the variant table in docs/OPERATING.md is valid', async (t) => {
  const [, table] = /```json\n(\[[\s\S]*?\])\n```/.exec(operating) ?? []
  t.equal(readVariants(table).length, 4)
})

t.test('docs/CONTRIBUTING.md has every npm script', async (t) => {
  const { scripts } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'))
  for (const script of Object.keys(scripts).filter((name) => !/^(pre|post)/.test(name))) {
    const said = ['', 'npm ', 'npm run '].some((prefix) =>
      new RegExp(`\`${prefix}${script}( [^\`]*)?\``).test(contributing),
    )
    t.ok(said, script)
  }
})

t.test('docs/FORMATS.md has every accepted format, and each row names a test', async (t) => {
  for (const format of Object.keys(acceptedFormats))
    t.match(formats, new RegExp(`^## ${format}`, 'im'), format)
  const rows = formats.split('\n').filter((line) => /^\| (?!format|feature)/.test(line))
  t.ok(rows.length > 20)
  for (const row of rows) {
    const [, feature = '', , testedBy = ''] = row.split(/ ?\| ?/)
    // links.test.ts checks that the files exist.
    t.match(testedBy, /^`[\w/.-]+\.(test|services|browser)\.ts`/, feature)
  }
})
