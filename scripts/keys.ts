/** `npm run keys`: creates, lists and revokes API keys. */
import { parseArgs } from 'node:util'
import { parseKey } from '../core/api-keys/api-key.ts'
import type { KeyTable } from '../core/api-keys/key-table.ts'
import { tenantPattern } from '../core/images/object-key.ts'
import { auditChange } from './keys/audit-change.ts'
import { createKey } from './keys/create-key.ts'
import { openKeys } from './keys/open-keys.ts'
import { parseExpires, parseRate, parseScopes } from './keys/parse-arguments.ts'
import { printKeys } from './keys/print-keys.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run keys -- create --tenant TENANT [--scopes upload,read] [--rate 600/min] [--expires 90d] [--label TEXT]
       npm run keys -- list [--tenant TENANT]
       npm run keys -- revoke KEY-ID

  --scopes   permissions: upload (request upload URLs), read (images and their variants), admin
  --rate     requests per minute; gateways that share a Redis share the limit
  --expires  12h, 90d or a date; without it the key is valid until it is revoked
  --label    a note about who or what uses the key

create prints only the key on stdout; it cannot be displayed again. A revoked key is refused within 60 seconds.
KEYS_TABLE in the environment names the table of keys; the default is the system that "npm start" runs here.`

const options = {
  tenant: { type: 'string' },
  scopes: { type: 'string', default: 'upload,read' },
  rate: { type: 'string', default: '600/min' },
  expires: { type: 'string' },
  label: { type: 'string' },
  help: { type: 'boolean' },
} as const

type Values = ReturnType<typeof readArguments>['values']
const readArguments = () => parseArgs({ options, allowPositionals: true })

const commands: Record<string, (keys: KeyTable, values: Values, argument?: string) => Promise<void>> = {
  create,
  list,
  revoke,
}

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [name = '', argument] = positionals
  const command = commands[name]
  if (values.help || !command) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const { keys, close } = await openKeys()
  await command(keys, values, argument).finally(close)
  return 0
}

async function create(keys: KeyTable, values: Values): Promise<void> {
  const { tenant = '', label } = values
  if (!new RegExp(tenantPattern).test(tenant)) {
    throw new Error('--tenant is required: up to 63 lower-case letters, digits and hyphens.')
  }
  const { key, text } = await createKey(keys, {
    tenant,
    scopes: parseScopes(values.scopes),
    requestsPerMinute: parseRate(values.rate),
    expiresAt: values.expires === undefined ? undefined : parseExpires(values.expires, Date.now()),
    label,
  })
  auditChange('key.created', key)
  console.log(text)
}

async function list(keys: KeyTable, { tenant }: Values): Promise<void> {
  printKeys(await keys.list(tenant), Date.now())
}

/** Accepts a whole key as well as its id, so that a leaked key can be revoked as found. */
async function revoke(keys: KeyTable, _values: Values, argument = ''): Promise<void> {
  const keyId = parseKey(argument)?.keyId ?? argument
  if (!keyId) throw new Error('No key id given: "npm run keys -- list" shows the ids of all keys.')
  const key = await keys.find(keyId)
  if (!key) throw new Error(`Key "${keyId}" does not exist: "npm run keys -- list" shows all keys.`)
  if (!(await keys.mark(keyId, 'revokedAt', Date.now())))
    throw new Error(`Key "${keyId}" is already revoked.`)
  auditChange('key.revoked', key)
  console.log(`Key ${keyId} is revoked; gateways refuse it within 60 seconds.`)
}
