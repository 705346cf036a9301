/** `npm run images`: lists, shows and downloads uploaded images. */
import { parseArgs } from 'node:util'
import { createHashgateClient } from '../openapi/packages/client/src/hashgate-client.ts'
import type { DayListing } from '../openapi/packages/client/src/types.ts'
import { callerDirectory } from './config.ts'
import { downloadVariant } from './images/download-variant.ts'
import { listImages } from './images/list-images.ts'
import { commonOptions, integerOption, printVersion, runCommand } from './run-command.ts'
import { findGateway } from './upload/find-gateway.ts'
import { printable } from './upload/printable.ts'

const usage = `Usage: npm run images -- list [--day DAY] [--status STATUS] [--limit N] [--json]
       npm run images -- get ID
       npm run images -- download ID [--variant NAME] [--output PATH] [--force]

  --day DAY       UTC day of the first upload request, such as 2026-11-22 (default: today)
  --status STATUS pending, processing, ready or rejected (default: all)
  --limit N       number of images to list (default: 1000)
  --json          print one JSON line per image instead of a table
  --variant NAME  variant to download (default: the widest)
  --output PATH   file, existing folder, or - for stdout (default: ID-VARIANT.EXT where you are)
  --force         overwrite an existing file
  --gateway URL   gateway to ask (default: from .data/local.json, which "npm start" writes)
  --key KEY       API key with the scope read (default: likewise)
  -h, --help      print this text
  --version       print the version

get prints the record as JSON. An ID is the SHA-256 of the image's bytes in hex, as "npm run upload" prints it.
Exit codes: 0 done; 1 the image does not exist, is not ready or has no such variant, or the request failed.`

const options = {
  day: { type: 'string' },
  status: { type: 'string' },
  limit: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
  variant: { type: 'string' },
  output: { type: 'string' },
  force: { type: 'boolean', default: false },
  gateway: { type: 'string' },
  key: { type: 'string' },
  ...commonOptions,
} as const

type Values = ReturnType<typeof readArguments>['values']
type Client = ReturnType<typeof createHashgateClient>
type Command = (client: Client, values: Values, argument?: string) => Promise<void>

const readArguments = () => parseArgs({ options, allowPositionals: true })

const commands: Record<string, Command> = { list, get, download }

// A reader such as `head` may close the pipe early.
process.stdout.on('error', () => process.exit(1))

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  if (values.version) return printVersion().then(() => 0)
  const [name = '', argument] = positionals
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (values.help || !command) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  process.chdir(callerDirectory())
  await command(createHashgateClient(await findGateway(values)), values, argument)
  return 0
}

async function list(client: Client, { day, status, limit, json }: Values): Promise<void> {
  const maxImages = integerOption(limit, '--limit')
  // The API says which days and statuses it accepts.
  await listImages(client, { day, status: status as DayListing['status'] }, { maxImages, json })
}

async function get(client: Client, _values: Values, argument?: string): Promise<void> {
  const record = JSON.stringify(await client.getImage(requireId(argument)), undefined, 2)
  console.log(record.split('\n').map(printable).join('\n'))
}

async function download(client: Client, values: Values, argument?: string): Promise<void> {
  await downloadVariant(await client.getImage(requireId(argument)), values)
}

function requireId(argument = ''): string {
  const id = argument.toLowerCase()
  if (/^[0-9a-f]{64}$/.test(id)) return id
  throw new Error(
    'ID must be the 64 hexadecimal digits that "npm run upload" and "npm run images -- list" print.',
  )
}
