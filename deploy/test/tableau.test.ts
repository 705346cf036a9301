import { readFile } from 'node:fs/promises'
import { XMLParser } from 'fast-xml-parser'
import t from 'tap'
import { openTestWarehouse } from './analytics/open-test-warehouse.ts'
import { writeSomeDays } from './analytics/write-some-days.ts'

interface Column {
  name: string
  caption: string
  datatype: string
  role: string
  calculation?: { formula: string }
}

const text = await readFile(new URL('../tableau/hashgate.tds', import.meta.url), 'utf8')
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => name === 'column',
})
const { datasource } = parser.parse(text)
const columns: Column[] = datasource.column
const stored = columns.filter(({ calculation }) => !calculation)

/** Tableau's names of DuckDB's types. */
const types: Record<string, string> = {
  VARCHAR: 'string',
  INTEGER: 'integer',
  BIGINT: 'integer',
  BOOLEAN: 'boolean',
  DATE: 'date',
  'TIMESTAMP WITH TIME ZONE': 'datetime',
}

t.test('the data source has exactly the columns of its view, with the same types', async (t) => {
  const { rows, manifests } = await writeSomeDays(t)
  const contents = { directory: t.testdir(), manifests, rows, historyMode: false, now: '2026-11-24 00:00:00' }
  const { describe } = await openTestWarehouse(t, contents)
  t.strictSame(
    stored.map(({ name, datatype }) => [name, datatype]),
    (await describe('images')).map(([name, type]) => [`[${name}]`, types[type]]),
  )
  for (const { name, datatype, role } of stored) {
    t.equal(role, datatype === 'integer' ? 'measure' : 'dimension', name)
  }
})

t.test('calculations refer to existing columns', async (t) => {
  const names = stored.map(({ name }) => name)
  const formulas = columns.flatMap(({ calculation }) => calculation?.formula ?? [])
  t.ok(formulas.length > 0)
  for (const [name] of formulas.join(' ').matchAll(/\[\w+\]/g)) t.ok(names.includes(name), name)
})

t.test('the connection is encrypted, belongs to the relation and has no password', async (t) => {
  const { relation } = datasource.connection
  const named = datasource.connection['named-connections']['named-connection']
  t.equal(relation.connection, named.name)
  t.equal(relation.table, '[analytics].[images]')
  t.match(named.connection, { class: 'redshift', sslmode: 'require', dbname: 'hashgate', port: '5439' })
  t.notMatch(text, /password=/i)
})
