/** `npm run tableau`: writes Tableau's workbook, and publishes it. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { tableauEnvironment } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { publish } from './tableau/publish.ts'
import { renderWorkbook } from './tableau/render-workbook.ts'
import { signIn } from './tableau/tableau-client.ts'

const usage = `Usage: npm run tableau -- publish --server URL --warehouse HOST [--site SITE] [--project PROJECT] [--overwrite] [--extract]
                                 [--subscribe USER]
       npm run tableau -- workbook

  publish           publishes the data source and the workbook of deploy/tableau/ with Tableau's REST API
  --server URL      Tableau Server or Tableau Cloud, such as https://eu-west-1a.online.tableau.com
  --site SITE       the site's part of the URL (default: the default site)
  --warehouse HOST  Redshift's endpoint: the parameter /hashgate/ENV/analytics/endpoint
  --project PROJECT where to publish (default: default)
  --overwrite       replaces a data source and a workbook of the same name
  --extract         stores an encrypted extract, refreshed daily, instead of querying Redshift each time; it keeps rows for up to a day longer
  --subscribe USER  mails the workbook to this user each Monday

  workbook          writes deploy/tableau/hashgate.twb from hashgate.tds and the worksheets in scripts/analytics/tableau/

The environment holds the secrets: TABLEAU_TOKEN_NAME and TABLEAU_TOKEN_SECRET, a personal access token, and
TABLEAU_DATABASE_PASSWORD, the password of the database user "tableau". Without the password, Tableau asks each viewer for it.`

const folder = new URL('../../deploy/tableau/', import.meta.url)
const readSource = (name: string) => readFile(new URL(name, folder), 'utf8')

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      server: { type: 'string' },
      site: { type: 'string', default: '' },
      warehouse: { type: 'string' },
      project: { type: 'string', default: 'default' },
      overwrite: { type: 'boolean', default: false },
      extract: { type: 'boolean', default: false },
      subscribe: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [command, ...others] = positionals
  if (others.length > 0 || (command !== 'publish' && command !== 'workbook')) throw new Error(usage)
  const dataSource = await readSource('hashgate.tds')
  if (command === 'workbook') {
    await writeFile(new URL('hashgate.twb', folder), renderWorkbook(dataSource))
    return 0
  }
  const { server, site, warehouse = '' } = values
  if (!server) throw new Error('--server is missing, such as --server https://eu-west-1a.online.tableau.com')
  // A host name only: it becomes an attribute of the files.
  if (!/^[a-z0-9.-]+$/i.test(warehouse))
    throw new Error(`--warehouse must be a host name, without a port, not "${warehouse}".`)
  const { tokenName, tokenSecret, databasePassword } = tableauEnvironment()
  if (!tokenName || !tokenSecret) {
    throw new Error(
      'Set TABLEAU_TOKEN_NAME and TABLEAU_TOKEN_SECRET to a personal access token from "My account settings" in Tableau.',
    )
  }
  const client = await signIn({ server, site, tokenName, tokenSecret })
  try {
    await publish(client, {
      ...values,
      dataSource,
      workbook: await readSource('hashgate.twb'),
      warehouse,
      password: databasePassword,
      subscriber: values.subscribe,
      say: (line) => console.log(line),
    })
  } finally {
    await client.signOut()
  }
  return 0
}
