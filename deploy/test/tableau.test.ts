import { readFile } from 'node:fs/promises'
import { XMLParser } from 'fast-xml-parser'
import t from 'tap'
import { readStatements } from './analytics/read-sql.ts'

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

/** Columns of a view in the order of its SELECT, by their aliases. */
async function readColumns(view: string): Promise<string[]> {
  const statements = await readStatements('30-views.sql', {})
  const statement = statements.find((sql) => sql.includes(`VIEW analytics.${view} AS`)) ?? ''
  const [, list = ''] = /AS\s+SELECT\s+(.*?)\s+FROM/s.exec(statement) ?? []
  return list.split(/,\n/).map((column) => column.trim().replace(/^.*(\.| AS )/s, ''))
}

t.test('the data source has each column of its view, and no other', async (t) => {
  t.strictSame(
    stored.map(({ name }) => name),
    (await readColumns('images')).map((name) => `[${name}]`),
  )
})

t.test('types and roles fit the names', async (t) => {
  const types: [RegExp, string][] = [
    [/^\[day\]$/, 'date'],
    [/^\[(requested|started|finished)_at\]$/, 'datetime'],
    [/^\[(byte_length|attempts|duplicates|width|height|pages)\]$/, 'integer'],
    [/^\[has_alpha\]$/, 'boolean'],
  ]
  for (const { name, datatype, role } of stored) {
    const expected = types.find(([form]) => form.test(name))?.[1] ?? 'string'
    t.equal(datatype, expected, name)
    t.equal(role, expected === 'integer' ? 'measure' : 'dimension', name)
  }
})

t.test('calculations name columns that are there', async (t) => {
  const names = stored.map(({ name }) => name)
  const formulas = columns.flatMap(({ calculation }) => calculation?.formula ?? [])
  t.ok(formulas.length > 0)
  for (const [name] of formulas.join(' ').matchAll(/\[\w+\]/g)) t.ok(names.includes(name), name)
})

t.test('the connection is encrypted, is the relation’s, and has no password', async (t) => {
  const { relation } = datasource.connection
  const named = datasource.connection['named-connections']['named-connection']
  t.equal(relation.connection, named.name)
  t.equal(relation.table, '[analytics].[images]')
  t.match(named.connection, { class: 'redshift', sslmode: 'require', dbname: 'hashgate', port: '5439' })
  t.notMatch(text, /password=/i)
})
