import { readFile } from 'node:fs/promises'
import { XMLParser } from 'fast-xml-parser'
import t from 'tap'
import { readViewContract, type ViewColumn } from '../../../scripts/analytics/warehouse/read-view-contract.ts'
import { renderViews } from '../../../scripts/config-docs/render-views.ts'
import { openTestWarehouse } from './open-test-warehouse.ts'
import { listSqlFiles, readStatements } from './read-sql.ts'

const contract = readViewContract()

/** Views that only other views use; their columns may change. */
const intermediate = ['stored', 'records', 'manifests']

const families: [RegExp, ViewColumn['type']][] = [
  [/^DATE$/, 'date'],
  [/^TIMESTAMP WITH TIME ZONE$/, 'time'],
  [/^VARCHAR$/, 'text'],
  [/^BOOLEAN$/, 'boolean'],
  [/^(INTEGER|BIGINT|HUGEINT)$/, 'integer'],
  [/^(DOUBLE|DECIMAL\(.*\))$/, 'number'],
]

t.test('views.json has every view that is no intermediate one', async (t) => {
  const files = (await listSqlFiles(false)).filter((name) => name.startsWith('3'))
  const statements = await Promise.all(files.map((file) => readStatements(file, { StoragePrice: '1' })))
  const views = statements.flat().map((sql) => /VIEW analytics\.(\w+)/.exec(sql)?.[1] ?? '')
  t.strictSame(Object.keys(contract).sort(), views.filter((name) => !intermediate.includes(name)).sort())
})

t.test('the views have exactly these columns, in this order, of these types', async (t) => {
  const { describe } = await openTestWarehouse(t, {
    rows: [],
    directory: t.testdir({}),
    manifests: [],
    historyMode: false,
  })
  for (const [view, { columns }] of Object.entries(contract)) {
    const found = (await describe(view)).map(([name, type]) => [
      name,
      families.find(([form]) => form.test(type))?.[1] ?? type,
    ])
    t.strictSame(
      found,
      columns.map(({ name, type }) => [name, type]),
      view,
    )
  }
})

t.test('each view and column has a meaning, and a column means the same everywhere', async (t) => {
  const units = new Map<string, string>()
  for (const [view, { row, meaning, columns }] of Object.entries(contract)) {
    t.ok(row && meaning, view)
    for (const { name, unit = '', meaning } of columns) {
      t.ok(meaning, `${view}.${name}`)
      t.equal(unit, units.get(name) ?? unit, `the unit of ${view}.${name}`)
      units.set(name, unit)
    }
  }
})

t.test("Tableau's data source has the columns of images", async (t) => {
  const text = await readFile(new URL('../../tableau/hashgate.tds', import.meta.url), 'utf8')
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' })
  const columns: { name: string; datatype: string; calculation?: object }[] =
    parser.parse(text).datasource.column
  const tableau = {
    date: 'date',
    time: 'datetime',
    text: 'string',
    boolean: 'boolean',
    integer: 'integer',
    number: 'real',
  }
  t.strictSame(
    columns.filter(({ calculation }) => !calculation).map(({ name, datatype }) => [name, datatype]),
    contract.images?.columns.map(({ name, type }) => [`[${name}]`, tableau[type]]),
  )
})

t.test('VIEWS.md matches views.json', async (t) => {
  const committed = await readFile(new URL('../../analytics/VIEWS.md', import.meta.url), 'utf8')
  t.equal(committed, renderViews(), 'run "npm run config-docs" and commit the result')
})
