import t from 'tap'
import { openRedshift } from '../../../analytics/warehouse/open-redshift.ts'
import type { DataApi } from '../../../deploy/warehouse/ask-warehouse.ts'

type Send = DataApi['aws']['redshiftData']['send']
type Input = { Sql?: string; Id?: string; NextToken?: string; WorkgroupName?: string; SecretArn?: string }
type Answers = Record<string, (input: Input) => object>

/** A double of the Data API with these answers by command. */
function open(answers: Answers, signal?: AbortSignal) {
  const inputs: Input[] = []
  const send = async (command: { constructor: { name: string }; input: Input }) => {
    const { input } = command
    inputs.push(input)
    return (answers[command.constructor.name] ?? (() => ({ Id: '1', Status: 'FINISHED' })))(input)
  }
  const aws = { redshiftData: { send: send as unknown as Send } } as DataApi['aws']
  return { ...openRedshift({ env: 'prod', aws, pollMs: 1, close: () => {}, signal }), inputs }
}

t.test('a query returns all pages, as the user of the caller', async (t) => {
  const states = ['SUBMITTED', 'STARTED', 'FINISHED']
  const { query, inputs } = open({
    DescribeStatementCommand: () => ({ Status: states.shift() }),
    GetStatementResultCommand: ({ NextToken }) =>
      NextToken
        ? { Records: [[{ longValue: 2 }, { isNull: true }, { stringValue: '' }, { booleanValue: false }]] }
        : {
            ColumnMetadata: [
              { name: 'n', typeName: 'int8' },
              { name: 'mean', typeName: 'numeric' },
              { name: 'text', typeName: 'varchar' },
              { name: 'flag', typeName: 'bool' },
            ],
            Records: [
              [{ longValue: 1 }, { stringValue: '1.50' }, { stringValue: '1.50' }, { booleanValue: true }],
            ],
            NextToken: 'more',
          },
  })
  t.strictSame(await query('SELECT 1'), {
    columns: [
      { name: 'n', type: 'int8' },
      { name: 'mean', type: 'numeric' },
      { name: 'text', type: 'varchar' },
      { name: 'flag', type: 'bool' },
    ],
    rows: [
      { n: 1, mean: 1.5, text: '1.50', flag: true },
      { n: 2, mean: null, text: '', flag: false },
    ],
  })
  t.strictSame(inputs[0], { WorkgroupName: 'hashgate-prod', Database: 'hashgate', Sql: 'SELECT 1' })
})

t.test('errors state the environment, the reason and what to do', async (t) => {
  const refused = open({
    DescribeStatementCommand: () => ({ Status: 'FAILED', Error: 'ERROR: relation "x" does not exist' }),
  })
  await t.rejects(refused.query('SELECT * FROM x'), {
    message: 'The warehouse of prod: ERROR: relation "x" does not exist',
  })
  const fails = (name: string) =>
    open({
      ExecuteStatementCommand: () => {
        throw Object.assign(new Error('not you'), { name })
      },
    }).query('SELECT 1')
  await t.rejects(fails('AccessDeniedException'), {
    message: /not you\nUse the role hashgate-prod-viewer\.$/,
  })
  await t.rejects(fails('CredentialsProviderError'), { message: /Set AWS_PROFILE/ })
  await t.rejects(fails('ResourceNotFoundException'), { message: /Check the name of the environment, prod/ })
})

t.test('a statement without a result has no rows', async (t) => {
  const { query } = open({
    GetStatementResultCommand: () => {
      throw Object.assign(new Error('Query does not have result.'), { name: 'ResourceNotFoundException' })
    },
    DescribeStatementCommand: () => ({ Status: 'FINISHED', HasResultSet: false }),
  })
  t.strictSame(await query('SET x TO 1'), { columns: [], rows: [] })
})

t.test('an interrupted statement is cancelled on Redshift', async (t) => {
  const controller = new AbortController()
  const cancelled: (string | undefined)[] = []
  const { query } = open(
    {
      ExecuteStatementCommand: () => ({ Id: 'long' }),
      DescribeStatementCommand: () => {
        controller.abort(new Error('Interrupted.'))
        return { Status: 'STARTED' }
      },
      CancelStatementCommand: ({ Id }) => {
        cancelled.push(Id)
        throw new Error('Could not cancel a query that is already in FINISHED state')
      },
    },
    controller.signal,
  )
  await t.rejects(query('SELECT 1'), { message: 'Interrupted.' })
  t.strictSame(cancelled, ['long'])
})
