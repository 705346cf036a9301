import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import {
  coverageQuery,
  createQueries,
  retentionDaysQuery,
  tenantsQuery,
} from '../../../scripts/analytics/report/data/queries.ts'
import { listSqlFiles, readStatements } from './read-sql.ts'

interface Parsed {
  constructs?: string[]
  error?: string
}

/**
 * sqlglot's names of the constructs that views and report queries may use. Redshift documents each, and each works in DuckDB. Before you add
 * one, look it up in Redshift's documentation: sqlglot also accepts constructs that Redshift lacks.
 */
const known = new Set(
  `Add Alias And AtTimeZone Avg Between Case Cast Coalesce Column Count Create CurrentTimestamp DataType Distinct Div Dot EQ From GT GTE
  Group(expressions) Identifier If In Interval Is LT Least Limit Literal Max Min Mul Not Null Or Order(expressions) Ordered(this) Paren PercentileCont
  RowNumber Star() Sub Subquery Substring Sum Table TableAlias TimestampTrunc TsOrDsDiff Union Var Where Window WithinGroup`.split(
    /\s+/,
  ),
).union(
  new Set([
    'Join(on, side, this)',
    'Ordered(desc, nulls_first, this)',
    'Select(expressions, from_)',
    'Select(expressions, from_, group)',
    'Select(expressions, from_, group, where)',
    'Select(expressions, from_, joins)',
    'Select(expressions, from_, where)',
    'Select(distinct, expressions, from_, limit, order)',
    'Select(expressions, from_, group, joins, limit, order, where)',
    'Select(expressions, from_, group, joins, order, where)',
    'Select(expressions, from_, group, limit, order, where)',
    'Select(expressions, from_, group, order, where)',
  ]),
)

const program = fileURLToPath(new URL('parse_redshift.py', import.meta.url))

function parse(statements: string[]): Parsed[] {
  const { stdout, stderr, status, error } = spawnSync('python', [program], {
    input: JSON.stringify(statements),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`parse_redshift.py: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

const strange = ({ constructs = [] }: Parsed) => constructs.filter((name) => !known.has(name))

t.test("the views parse with Redshift's grammar, and have no construct that Redshift lacks", async (t) => {
  const files = new Set([...(await listSqlFiles(true)), ...(await listSqlFiles(false))])
  for (const file of [...files].filter((name) => /^[23]\d-/.test(name))) {
    const statements = await readStatements(file, {
      CatalogTable: 'hashgate-dev-catalog',
      StoragePrice: '0.023',
    })
    t.ok(statements.length > 0, file)
    for (const [index, parsed] of parse(statements).entries()) {
      const sql = statements[index] ?? ''
      const name = /VIEW (\S+)/.exec(sql)?.[1] ?? file
      t.match(sql, /\nWITH NO SCHEMA BINDING$/, `${name} is bound when it is queried`)
      t.equal(parsed.error, undefined, name)
      t.strictSame(strange(parsed), [], name)
    }
  }
})

t.test(
  "the queries of a report parse with Redshift's grammar, and have no construct that Redshift lacks",
  async (t) => {
    const period = { from: '2026-11-23', to: '2026-11-29' }
    const now = new Date('2026-11-29T18:20:00Z')
    const ofOneTenant = createQueries({ period, tenant: 'acme', now })
    const queries = { ...createQueries({ period, now }), coverageQuery, retentionDaysQuery, tenantsQuery }
    const named = [...Object.entries(queries), ...Object.entries(ofOneTenant)]
    for (const [index, parsed] of parse(named.map(([, sql]) => sql)).entries()) {
      const name = named[index]?.[0] ?? ''
      t.equal(parsed.error, undefined, name)
      t.strictSame(strange(parsed), [], name)
    }
  },
)

t.test('the check finds constructs that only DuckDB has', async (t) => {
  const statements = [
    'SELECT * EXCLUDE a FROM t',
    'SELECT [1, 2]',
    'SELECT a FROM t GROUP BY ALL',
    "SELECT {'a': 1}",
    'SELECT epoch_ms(a) FROM t',
    'SELECT quantile_cont(a, 0.5) FROM t',
    'SELECT COUNT(*) FILTER (WHERE a) FROM t',
    'SELECT a FROM t ASOF JOIN u USING (x)',
    'SELECT list_filter(a, x -> x > 1) FROM t',
    'SELECT a FROM t QUALIFY ROW_NUMBER() OVER () = 1',
  ]
  for (const [index, parsed] of parse(statements).entries()) {
    t.not(strange(parsed).length, 0, statements[index] ?? '')
  }
  t.type(parse(['SELCT 1'])[0]?.error, 'string')
})
