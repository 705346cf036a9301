import { type Field, GetStatementResultCommand } from '@aws-sdk/client-redshift-data'
import { type DataApi, execute } from '../../deploy/warehouse/ask-warehouse.ts'
import type { Result, Session, Value } from './session.ts'

/** The Data API returns these as text. */
const numeric = new Set(['numeric'])

interface Options extends DataApi {
  env: string
  close: () => void
  /** Cancels the statement that is running. */
  signal?: AbortSignal
}

/**
 * Opens the Redshift warehouse of an environment. Statements run as the database user of the caller's role, which is
 * `hashgate-‹env›-viewer` for an analyst.
 */
export function openRedshift({ env, close, signal, ...api }: Options): Session {
  const warehouse = { WorkgroupName: `hashgate-${env}`, Database: 'hashgate' }

  async function query(sql: string): Promise<Result> {
    try {
      return await readPages(api, await execute(api, warehouse, sql, signal), signal)
    } catch (cause) {
      if (hasNoResult(cause as Error)) return { columns: [], rows: [] }
      throw signal?.aborted ? signal.reason : explain(cause as Error, env)
    }
  }

  return { query, close: async () => close() }
}

async function readPages(
  { aws }: DataApi,
  Id: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const result: Result = { columns: [], rows: [] }
  let NextToken: string | undefined
  do {
    const command = new GetStatementResultCommand({ Id, NextToken })
    const page = await aws.redshiftData.send(command, { abortSignal: signal })
    if (!NextToken) {
      result.columns = (page.ColumnMetadata ?? []).map(({ name = '', typeName = '' }) => ({
        name,
        type: typeName,
      }))
    }
    for (const fields of page.Records ?? []) {
      const values = fields.map((field, index) => [
        result.columns[index]?.name ?? `column${index}`,
        readField(field, result.columns[index]?.type),
      ])
      result.rows.push(Object.fromEntries(values))
    }
    NextToken = page.NextToken
  } while (NextToken)
  return result
}

function readField(field: Field, type = ''): Value {
  if (field.isNull) return null
  const { stringValue, longValue, doubleValue, booleanValue } = field
  if (stringValue !== undefined) return numeric.has(type) ? Number(stringValue) : stringValue
  return longValue ?? doubleValue ?? booleanValue ?? null
}

/** The Data API's error for a statement such as SET. */
const hasNoResult = ({ message }: Error) => /does not have (a )?result/i.test(message)

const advice: [RegExp, (env: string) => string][] = [
  [/^CredentialsProviderError$/, () => 'There are no AWS credentials. Set AWS_PROFILE, or sign in.'],
  [/^(AccessDenied|ExpiredToken|UnrecognizedClient)/, (env) => `Use the role hashgate-${env}-viewer.`],
  [/^ResourceNotFound/, (env) => `Check the name of the environment, ${env}, and AWS_REGION.`],
]

function explain(cause: Error, env: string): Error {
  const hint = advice.find(([name]) => name.test(cause.name))?.[1](env)
  return new Error([`The warehouse of ${env}: ${cause.message}`, hint].filter(Boolean).join('\n'), { cause })
}
