import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import t from 'tap'
import { startStores } from './warehouse/start-stores.ts'

const program = fileURLToPath(new URL('../../analytics/warehouse.ts', import.meta.url))

const { dataDirectory } = await startStores(t)

function run(args: string[], { input = '', HASHGATE_DATA = dataDirectory, cwd = dataDirectory } = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, HASHGATE_DATA }
    const child = execFile(process.execPath, [program, ...args], { cwd, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

const sql = `SELECT 7 AS n, 'a,"b"' AS text, DATE '2026-11-29' AS day, NULL AS nothing`

t.test('the result is a table, CSV or JSON', async (t) => {
  t.match(await run(['-c', sql]), { code: 0, stdout: /│ n │ text +│ day +│ nothing │\n.*\n│ 7 │ a,"b" │/ })
  t.match(await run(['-c', sql, '--format', 'csv']), {
    code: 0,
    stdout: 'n,text,day,nothing\r\n7,"a,""b""",2026-11-29,\n',
  })
  const { stdout } = await run(['-c', sql, '--format', 'json'])
  t.strictSame(JSON.parse(stdout), [{ n: 7, text: 'a,"b"', day: '2026-11-29', nothing: null }])
})

t.test('the result can be a Parquet file with the same types', async (t) => {
  const directory = t.testdir({})
  const args = ['-c', sql, '--format', 'parquet', '--output', 'out.parquet']
  t.match(await run(args, { cwd: directory }), { code: 0, stdout: '', stderr: '' })
  const instance = await DuckDBInstance.create(':memory:')
  t.teardown(() => instance.closeSync())
  const connection = await instance.connect()
  t.teardown(() => connection.closeSync())
  const file = join(directory, 'out.parquet')
  const reader = await connection.runAndReadAll(`SELECT * EXCLUDE nothing FROM '${file}'`)
  t.strictSame(reader.columnTypes().map(String), ['INTEGER', 'VARCHAR', 'DATE'])
  t.strictSame(reader.getRowsJson(), [[7, 'a,"b"', '2026-11-29']])

  t.equal((await run(['-c', sql, '--format', 'csv', '--output', 'out.csv'], { cwd: directory })).code, 0)
  t.match(await readFile(join(directory, 'out.csv'), 'utf8'), /^n,text/)
})

t.test('each user error prints what to do', async (t) => {
  const cases: [string[], RegExp][] = [
    [['-c', 'SELECT * FROM analytics.imags'], /imags does not exist![\s\S]*LINE 1/],
    [
      ['-c', 'SELECT 1', '--format', 'xml'],
      /^--format must be one of table, csv, json, parquet, not "xml"\.\n$/,
    ],
    [['-c', 'SELECT 1', '--format', 'parquet'], /^--format parquet needs --output FILE\.\n$/],
    [['--output', 'x'], /^--output needs a statement: -c "SELECT …"\.\n$/],
    [['-c', 'SELECT 1', '--env', 'Prod!'], /^--env must be a name such as dev or prod, not "Prod!"\.\n$/],
    [['-c', 'SELECT 1', '--output', 'no/such/folder'], /no\/such\/folder/],
  ]
  for (const [args, stderr] of cases)
    t.match(await run(args), { code: 1, stdout: '', stderr }, args.join(' '))
  t.match(await run(['-c', 'SELECT 1'], { HASHGATE_DATA: t.testdir({}) }), {
    code: 1,
    stderr: /^No system is running: .*Run "npm start"/,
  })
})

t.test('a result without rows is not an error', async (t) => {
  const query = ['-c', 'SELECT day FROM analytics.images']
  t.match(await run(query), { code: 0, stdout: '', stderr: 'No rows.\n' })
  t.match(await run([...query, '--format', 'csv']), { code: 0, stdout: 'day\n', stderr: 'No rows.\n' })
})

t.test('statements are read from a pipe, even after a failed one', async (t) => {
  const input = 'SELECT 1\n  AS one;\nSELEC;\n\\r\nSELECT 2 AS two;\n\\q\nSELECT 3;\n'
  t.match(await run(['--format', 'csv'], { input }), {
    code: 1,
    stdout: /^one\r\n1\nParser Error: [\s\S]*\ntwo\r\n2\n$/,
  })
})

t.test('the prompt describes the views', async (t) => {
  t.match(await run(['--format', 'csv'], { input: '\\d\n' }), {
    code: 0,
    stdout: /^view,row,meaning\r\nanalytics\.images,one image,/,
  })
  t.match(await run(['--format', 'csv'], { input: '\\d analytics.tenants_per_day\n' }), {
    code: 0,
    stdout: /^column,type,unit,meaning\r\nday,date,,UTC day .*\r\ntenants,integer,tenants,/,
  })
})

t.test('a prompt cannot write Parquet', async (t) => {
  t.match(await run(['--format', 'parquet', '--output', 'x.parquet']), {
    code: 1,
    stderr: /^--output needs a statement/,
  })
})
