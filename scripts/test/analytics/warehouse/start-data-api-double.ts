import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Result, Session, Value } from '../../../analytics/warehouse/session.ts'
import { listenLocally } from '../../../testkit/listen-locally.ts'

type Input = { Sql?: string; Id?: string; NextToken?: string; WorkgroupName?: string; Database?: string }

interface Statement {
  /** Remaining answers of `DescribeStatement` before the last one. */
  waits: string[]
  result: Promise<Result | Error>
}

interface Refusal {
  action: string
  name: string
  message: string
}

/** Rows per page; few, so that most results have several pages. */
const pageRows = 3

/**
 * A double of Redshift's Data API over HTTP, as far as `openRedshift` uses it. Statements run in DuckDB, and results have the types and
 * pages of Redshift.
 * @param states the states of each statement before it is finished
 */
export async function startDataApiDouble(
  t: Test,
  session: Pick<Session, 'query'>,
  { states = [] }: { states?: string[] } = {},
) {
  const statements = new Map<string, Statement>()
  const requests: { action: string; input: Input; accessKeyId?: string }[] = []
  /** Errors for the next requests, one each. */
  const refusals: Refusal[] = []
  /** Matching statements stay in this state. `FAILED` has a reason. */
  const forcedStates: { pattern: RegExp; status: 'STARTED' | 'FAILED' }[] = []

  const actions: Record<string, (input: Input) => object | Promise<object>> = {
    ExecuteStatement: ({ Sql = '' }) => {
      const Id = randomUUID()
      const forced = forcedStates.find(({ pattern }) => pattern.test(Sql))
      const waits = forced?.status === 'STARTED' ? Array(1_000).fill('STARTED') : [...states]
      const result =
        forced?.status === 'FAILED'
          ? Promise.resolve(new Error('ERROR: permission denied for schema analytics'))
          : session.query(Sql).catch((error: Error) => error)
      statements.set(Id, { waits, result })
      return { Id }
    },
    DescribeStatement: async ({ Id = '' }) => {
      const { waits = [], result } = statements.get(Id) ?? {}
      const status = waits.shift()
      if (status) return { Id, Status: status }
      const outcome = await result
      return outcome instanceof Error
        ? { Id, Status: 'FAILED', Error: outcome.message }
        : { Id, Status: 'FINISHED', HasResultSet: true }
    },
    GetStatementResult: async ({ Id = '', NextToken = '0' }) => {
      const outcome = await statements.get(Id)?.result
      if (!outcome || outcome instanceof Error) throw new Error(`the statement ${Id} has no result`)
      const { columns, rows } = outcome
      const types = columns.map(({ type }) => toRedshift(type))
      const from = Number(NextToken)
      const page = rows.slice(from, from + pageRows)
      return {
        ColumnMetadata: columns.map(({ name }, index) => ({ name, typeName: types[index] })),
        Records: page.map((row) =>
          columns.map(({ name }, index) => toField(row[name] ?? null, types[index])),
        ),
        TotalNumRows: rows.length,
        ...(from + pageRows < rows.length && { NextToken: String(from + pageRows) }),
      }
    },
    CancelStatement: () => ({ Status: true }),
  }

  const server = createServer(async (request, response) => {
    const input: Input = JSON.parse(await text(request))
    const action = String(request.headers['x-amz-target']).replace('RedshiftData.', '')
    const [, accessKeyId] = /Credential=([^/]+)/.exec(request.headers.authorization ?? '') ?? []
    requests.push({ action, input, accessKeyId })
    const refused = refusals.findIndex((refusal) => refusal.action === action)
    const [refusal] = refused < 0 ? [] : refusals.splice(refused, 1)
    const answer = refusal
      ? { __type: refusal.name, message: refusal.message }
      : await (actions[action] ?? (() => ({})))(input)
    response.writeHead(refusal ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer))
  })
  return {
    endpoint: await listenLocally(t, server),
    requests,
    refusals,
    forcedStates,
    count: (action: string) => requests.filter((request) => request.action === action).length,
  }
}

/** Redshift's names of DuckDB's types. Redshift sums integers as NUMERIC. */
function toRedshift(type: string): string {
  if (/^(HUGEINT|DECIMAL.*)$/.test(type)) return 'numeric'
  const known: Record<string, string> = {
    BOOLEAN: 'bool',
    INTEGER: 'int4',
    BIGINT: 'int8',
    DOUBLE: 'float8',
    DATE: 'date',
    TIMESTAMP: 'timestamp',
    'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  }
  return known[type] ?? 'varchar'
}

/** A value in the Data API's union. NUMERIC and times are text. */
function toField(value: Value, type = 'varchar'): object {
  if (value === null) return { isNull: true }
  if (/^int/.test(type)) return { longValue: value }
  if (type === 'float8') return { doubleValue: value }
  return type === 'bool' ? { booleanValue: value } : { stringValue: String(value) }
}
