/** A double of Redshift's Data API that records SQL, and fails or returns rows as a test sets up. */
export function createRedshiftDouble() {
  const sqlFailures = new Map<RegExp, string>()
  const sqlAnswers: { pattern: RegExp; rows: string[][] }[] = []
  const sql: string[] = []

  /** Returns each answer once; the last one for a pattern repeats. */
  function takeRows(text: string): string[][] {
    const fitting = sqlAnswers.filter(({ pattern }) => pattern.test(text))
    const [first] = fitting
    if (first && fitting.length > 1) sqlAnswers.splice(sqlAnswers.indexOf(first), 1)
    return first?.rows ?? []
  }

  const targets: Record<string, (body: Record<string, unknown>) => object> = {
    'RedshiftServerless.GetNamespace': () => ({ namespace: { adminPasswordSecretArn: 'arn:of:secret' } }),
    'RedshiftData.ExecuteStatement': (body) => {
      sql.push(String(body.Sql))
      return { Id: String(sql.length - 1) }
    },
    'RedshiftData.BatchExecuteStatement': ({ Sqls }) => {
      sql.push((Sqls as string[]).join('; '))
      return { Id: String(sql.length - 1) }
    },
    'RedshiftData.GetStatementResult': ({ Id }) => ({
      Records: takeRows(sql[Number(Id)] ?? '').map((row) => row.map((stringValue) => ({ stringValue }))),
    }),
    'RedshiftData.DescribeStatement': ({ Id }) => {
      const text = sql[Number(Id)] ?? ''
      const failure = [...sqlFailures].find(([pattern]) => pattern.test(text))
      return failure ? { Id, Status: 'FAILED', Error: failure[1] } : { Id, Status: 'FINISHED' }
    },
  }

  return { targets, sql, sqlFailures, sqlAnswers }
}
