import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { applySql } from '../../../deploy/warehouse/apply-sql.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const published = {
  'analytics/workgroup': 'hashgate-test',
  'analytics/database': 'hashgate',
  'analytics/namespace': 'hashgate-test',
  'analytics/integration-arn': 'arn:aws:redshift:eu-west-1:1:integration:abc-1',
  'analytics/glue-database': 'glue_test',
  'analytics/spectrum-role-arn': 'arn:aws:iam::1:role/spectrum',
  'analytics/viewer-role': 'viewer',
  'analytics/history-mode': 'false',
  'analytics/refresh-interval-seconds': '3600',
  'metadata/catalog-table': 'hashgate-test-catalog',
}

const files = {
  '10-database.sql': `-- Made once.
-- once
CREATE DATABASE d FROM INTEGRATION '\${IntegrationId}';

ALTER DATABASE d; -- a remark
`,
  '20-stored.sql': 'CREATE VIEW present AS SELECT 1;\n',
  '20-stored-history.sql': 'CREATE VIEW history AS SELECT 1;\n',
  '30-views.sql': `CREATE VIEW v AS\nSELECT ';' AS x\nFROM "\${CatalogTable}";\n`,
  'README.md': 'not SQL;',
}

async function prepareWarehouse(t: Test, { history = 'false', sql = files as Record<string, string> } = {}) {
  const prepared = await prepareDeployment(t)
  const values = { ...published, 'analytics/history-mode': history }
  for (const [name, value] of Object.entries(values)) {
    prepared.double.parameters.set(`/hashgate/test/${name}`, value)
  }
  const directory = pathToFileURL(`${t.testdir(sql)}/`)
  prepared.double.sqlAnswers.push({
    pattern: /FROM svv_integration WHERE integration_id = 'abc-1'/,
    rows: [['']],
  })
  return {
    ...prepared,
    apply: () => applySql(prepared.deployment, directory),
    /** The applied statements, without queries. */
    applied: () => prepared.double.sql.filter((sql) => !/^(SELECT|SET)/.test(sql)),
  }
}

t.test('statements are applied in the order of the files', async (t) => {
  const { apply, applied, said } = await prepareWarehouse(t)
  await apply()
  t.strictSame(applied(), [
    "CREATE DATABASE d FROM INTEGRATION 'abc-1'",
    'ALTER DATABASE d',
    'CREATE VIEW present AS SELECT 1',
    `CREATE VIEW v AS
SELECT ';' AS x
FROM "hashgate-test-catalog"`,
  ])
  t.match(said(), 'Applying 4 statements to hashgate-test')
})

t.test('with history the views of the history file are created', async (t) => {
  const { apply, double } = await prepareWarehouse(t, { history: 'true' })
  await apply()
  t.ok(double.sql.includes('CREATE VIEW history AS SELECT 1'))
  t.notOk(double.sql.includes('CREATE VIEW present AS SELECT 1'))
})

t.test('only "-- once" statements may already exist', async (t) => {
  const again = await prepareWarehouse(t)
  again.double.sqlFailures.set(/^CREATE DATABASE/, 'ERROR: database "d" already exists')
  await again.apply()
  t.equal(again.applied().length, 4)

  const failing = await prepareWarehouse(t)
  failing.double.sqlFailures.set(/^CREATE VIEW v/, 'ERROR: relation already exists')
  await t.rejects(failing.apply(), {
    message: /^30-views\.sql: ERROR: relation already exists\nCREATE VIEW v/,
  })

  const broken = await prepareWarehouse(t)
  broken.double.sqlFailures.set(/^CREATE DATABASE/, 'ERROR: integration is not active')
  await t.rejects(broken.apply(), { message: /integration is not active/ })
  t.equal(broken.applied().length, 1, 'later statements are not executed')
})

t.test('waits until the integration is active', async (t) => {
  const { apply, applied, double, said } = await prepareWarehouse(t)
  double.sqlAnswers.unshift(
    { pattern: /svv_integration/, rows: [] },
    { pattern: /svv_integration/, rows: [] },
  )
  await apply()
  t.match(said(), /Waiting for the integration/)
  t.equal(double.sql.filter((sql) => sql.includes('svv_integration')).length, 3)
  t.equal(applied().length, 4)
})

t.test('an integration that never becomes active is an error', async (t) => {
  const { apply, applied, double } = await prepareWarehouse(t)
  double.sqlAnswers.splice(0)
  await t.rejects(apply(), { message: /The integration abc-1 did not become active/ })
  t.strictSame(applied(), [])
})

t.test('an existing database of an integration', async (t) => {
  const there = { pattern: /svv_redshift_databases/, rows: [['hashgate_records']] }

  t.test('is recreated if it belongs to an earlier integration', async (t) => {
    const { apply, applied, double, said } = await prepareWarehouse(t)
    double.sqlAnswers.push(there)
    await apply()
    t.strictSame(applied().slice(0, 2), [
      'DROP DATABASE hashgate_records',
      "CREATE DATABASE d FROM INTEGRATION 'abc-1'",
    ])
    t.match(said(), /belongs to an earlier integration/)
  })

  t.test('is an error if it has history', async (t) => {
    const { apply, applied, double } = await prepareWarehouse(t, { history: 'true' })
    double.sqlAnswers.push(there)
    await t.rejects(apply(), { message: /has the history of an earlier integration.*DROP DATABASE/ })
    t.strictSame(applied(), [])
  })

  t.test('is kept if it belongs to the current integration', async (t) => {
    const { apply, applied, double } = await prepareWarehouse(t)
    double.sqlAnswers.splice(0, 1, { pattern: /svv_integration/, rows: [['hashgate_records  ']] }, there)
    await apply()
    t.equal(applied().length, 4)
  })
})

t.test('a name without a value, or a value with quotes, is refused', async (t) => {
  const unknown = await prepareWarehouse(t, { sql: { '10.sql': `SELECT '\${Unknown}';` } })
  await t.rejects(unknown.apply(), { message: /^The SQL uses ..Unknown., which has no value/ })
  const { apply, double } = await prepareWarehouse(t)
  double.parameters.set('/hashgate/test/metadata/catalog-table', 'x"; DROP')
  await t.rejects(apply(), { message: /is not safe in SQL/ })
  t.strictSame(double.sql, [])
})

t.test('without the stack nothing is applied', async (t) => {
  const { apply, double } = await prepareWarehouse(t)
  double.parameters.delete('/hashgate/test/analytics/workgroup')
  await t.rejects(apply(), { message: /workgroup does not exist in SSM\. Deploy the stack analytics first/ })
})

const withViews = {
  '30-views.sql':
    'CREATE OR REPLACE VIEW analytics.a AS SELECT 1;\nCREATE OR REPLACE VIEW analytics.b AS SELECT 2;\n',
}

t.test('each view is queried as the administrator and as a viewer', async (t) => {
  const { apply, double } = await prepareWarehouse(t, { sql: withViews })
  await apply()
  t.strictSame(double.sql.slice(-4), [
    'SELECT 1 FROM analytics.a LIMIT 1',
    'SET SESSION AUTHORIZATION "IAMR:viewer"; SELECT 1 FROM analytics.a LIMIT 1',
    'SELECT 1 FROM analytics.b LIMIT 1',
    'SET SESSION AUTHORIZATION "IAMR:viewer"; SELECT 1 FROM analytics.b LIMIT 1',
  ])
})

t.test('a view that cannot be queried fails the deployment', async (t) => {
  for (const [pattern, user] of [
    [/^SELECT 1 FROM analytics\.b/, 'the administrator'],
    [/^SET.* analytics\.b/, 'a viewer'],
  ] as const) {
    const { apply, double } = await prepareWarehouse(t, { sql: withViews })
    double.sqlFailures.set(pattern, 'ERROR: permission denied')
    await t.rejects(apply(), {
      message: `The view analytics.b cannot be queried as ${user}: ERROR: permission denied`,
    })
  }
})
