import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { type PublishOptions, publish } from '../../../analytics/tableau/publish.ts'
import { signIn } from '../../../analytics/tableau/tableau-client.ts'
import { startTableauDouble, tokenSecret } from './start-tableau-double.ts'

const run = promisify(execFile)
const folder = new URL('../../../../deploy/tableau/', import.meta.url)
const dataSource = await readFile(new URL('hashgate.tds', folder), 'utf8')
const workbook = await readFile(new URL('hashgate.twb', folder), 'utf8')
const warehouse = 'hashgate-prod.111122223333.eu-central-1.redshift-serverless.amazonaws.com'

async function prepare(t: Test) {
  const { state, url } = await startTableauDouble(t)
  const lines: string[] = []
  const token = { server: url, site: 'pictures', tokenName: 'ci', tokenSecret }
  const run = async (options: Partial<PublishOptions> = {}, isCloud = false) => {
    const client = { ...(await signIn(token)), isCloud }
    const defaults = { dataSource, workbook, warehouse, project: 'default', overwrite: false, extract: false }
    try {
      await publish(client, { ...defaults, say: (line) => lines.push(line), ...options })
    } finally {
      await client.signOut()
    }
  }
  return { state, url, token, lines, run }
}

const all = { password: 'p<&">', extract: true, subscriber: 'ada@example.com' }

t.test('both files are published for the warehouse, with a password only if one is set', async (t) => {
  const { state, lines, run } = await prepare(t)
  await run()
  t.match(state.datasources, [{ name: 'hashgate', project: 'project-2' }])
  t.match(state.workbooks, [{ name: 'hashgate', project: 'project-2' }])
  const expected = (text: string) => text.trimEnd().replace(/hashgate-dev\.\S+amazonaws\.com/, warehouse)
  t.equal(state.files.get('datasource'), expected(dataSource))
  t.equal(state.files.get('workbook'), expected(workbook))
  t.notMatch([...state.payloads.values()].join(), /onnectionCredentials/)
  t.match(lines, ['Published the datasource https://', 'Published the workbook https://'])
  t.strictSame([...state.extracts, ...state.schedules, ...state.subscriptions], [])
  t.equal(state.sessions.size, 0, 'signed out')
})

t.test('an extract is encrypted and refreshed daily, and the workbook is mailed weekly', async (t) => {
  const { state, run } = await prepare(t)
  await run(all)
  t.match(state.schedules, [
    { name: 'hashgate daily', type: 'Extract', frequency: 'Daily', start: '05:00:00' },
    { name: 'hashgate weekly', type: 'Subscription', frequency: 'Weekly', start: '06:00:00' },
  ])
  t.strictSame(state.refreshes, [
    { target: 'datasource-1', schedule: 'schedule-1' },
    { target: 'workbook-1', schedule: 'schedule-1' },
  ])
  t.strictSame(state.subscriptions, [{ user: 'user-2', content: 'workbook-1', schedule: 'schedule-2' }])
  t.match(state.payloads.get('datasource'), 'name="tableau" password="p&lt;&amp;&quot;&gt;" embed="true"')
  t.match(state.payloads.get('workbook'), `serverAddress="${warehouse}" serverPort="5439"`)

  await t.test('a second run creates nothing twice', async (t) => {
    await run({ ...all, overwrite: true })
    t.equal(state.schedules.length, 2)
    t.equal(state.refreshes.length, 2)
    t.equal(state.subscriptions.length, 1)
  })
})

t.test('on Tableau Cloud, each task has its own schedule', async (t) => {
  const { state, run } = await prepare(t)
  await run(all, true)
  t.strictSame(state.schedules, [])
  t.strictSame(state.refreshes, [
    { target: 'datasource-1', schedule: 'Daily 05:00:00' },
    { target: 'workbook-1', schedule: 'Daily 05:00:00' },
  ])
  t.strictSame(state.subscriptions, [{ user: 'user-2', content: 'workbook-1', schedule: 'Weekly Monday' }])
  await run({ ...all, overwrite: true }, true)
  t.equal(state.refreshes.length, 2, 'once')
})

t.test('an existing data source or workbook is replaced only with --overwrite', async (t) => {
  const { state, run } = await prepare(t)
  await run()
  await t.rejects(run(), {
    message: 'The project already has a datasource "hashgate". Pass --overwrite to replace it.',
  })
  await t.resolves(run({ overwrite: true }))
  t.equal(state.workbooks.length, 1)
})

t.test('bad credentials are refused with advice', async (t) => {
  const { token } = await prepare(t)
  const message = /refused the token "ci" for the site ".+"\. A token expires after 15 days without use/
  await t.rejects(signIn({ ...token, tokenSecret: 'wrong' }), { message })
  await t.rejects(signIn({ ...token, site: 'elsewhere' }), { message })
  await t.rejects(signIn({ ...token, server: 'http://tableau.example.com' }), {
    message: '--server must be an https:// URL, not "http://tableau.example.com".',
  })
})

t.test("a session that ends during a run is reported with Tableau's message", async (t) => {
  const { state, token } = await prepare(t)
  const client = await signIn(token)
  state.sessions.clear()
  const options = { dataSource, workbook, warehouse, project: 'default', overwrite: false, extract: false }
  await t.rejects(publish(client, { ...options, say: () => {} }), {
    message:
      'GET /api/3.28/sites/site-1/projects: Unauthorized Access. Invalid authentication credentials were provided. (401002)',
  })
})

t.test('older versions of the API are used, or refused before a token is sent', async (t) => {
  const { state, token, run } = await prepare(t)
  state.version = '3.5'
  await t.rejects(signIn(token), {
    message: /has the REST API 3\.5, but personal access tokens need 3\.6\. Update Tableau Server to 2019\.4/,
  })
  t.strictSame(state.requests, ['GET serverInfo'], 'no token is sent')
  state.version = '3.20'
  await t.resolves(run(), 'requests use the version of the server')
})

t.test('after a dropped connection the command can be repeated', async (t) => {
  const { state, url, run } = await prepare(t)
  state.drop = /^POST workbooks$/
  await t.rejects(run(all), {
    message: new RegExp(
      `^${url} did not answer POST /api/3.28/sites/site-1/workbooks \\(\\w+\\)\\. Check --server`,
    ),
  })
  t.equal(state.sessions.size, 0, 'signed out')
  state.drop = /^$/
  await run({ ...all, overwrite: true })
  t.equal(state.datasources.length, 1)
  t.equal(state.subscriptions.length, 1)
})

t.test('the error for a user who is not an administrator states what to request', async (t) => {
  const { state, run } = await prepare(t)
  state.isAdministrator = false
  await t.rejects(run(all), {
    message: /Only a server administrator can create the schedule "hashgate daily"/,
  })
})

t.test('nothing is published if an option is wrong', async (t) => {
  const { state, run } = await prepare(t)
  await t.rejects(run({ project: 'none' }), { message: /The site has no project "none"/ })
  await t.rejects(run({ ...all, subscriber: 'nobody' }), { message: /The site has no user "nobody"/ })
  await t.rejects(run({ extract: true }), { message: /set TABLEAU_DATABASE_PASSWORD/ })
  t.strictSame([...state.datasources, ...state.workbooks], [])
})

t.test('the command checks its options and writes the workbook', async (t) => {
  const { state, url } = await prepare(t)
  const command = fileURLToPath(new URL('../../../analytics/tableau.ts', import.meta.url))
  const secrets = { TABLEAU_TOKEN_NAME: 'ci', TABLEAU_TOKEN_SECRET: tokenSecret }
  const start = (args: string[], env: Record<string, string> = secrets) =>
    run(process.execPath, [command, ...args], { env: { ...process.env, ...env } })
  const publishArgs = ['publish', '--server', url, '--site', 'pictures', '--warehouse', warehouse]
  const { stdout } = await start(publishArgs)
  t.match(stdout, /^Published the datasource .*\nPublished the workbook /)
  t.equal(state.workbooks.length, 1)
  await t.rejects(start(publishArgs, { TABLEAU_TOKEN_NAME: '' }), { message: /\nSet TABLEAU_TOKEN_NAME and/ })
  await t.rejects(start(['publish', '--server', url]), { message: /\n--warehouse must be a host name/ })
  await t.rejects(start(['publish']), { message: /\n--server is missing/ })
  await t.rejects(start([]), { message: /\nUsage: npm run tableau/ })
})
