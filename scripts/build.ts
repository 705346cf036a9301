/** `npm run build`: builds the deployment packages. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildZip, deployables } from './build/build-zips.ts'
import { type Architecture, architectures } from './build/target.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run build [-- --arch arm64|x64] [--out FOLDER]

Builds processor.zip (AWS Lambda nodejs24.x, handler "lambda.handler"), gateway.zip (Node 24, "node server.mjs") and report.zip (AWS
Lambda nodejs24.x, handler "report-lambda.handler") into dist/, for arm64 by default. Builds are reproducible: the same commit produces the same bytes.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', default: 'arm64' },
      out: { type: 'string', default: join(import.meta.dirname, '../dist') },
      help: { type: 'boolean' },
    },
  })
  if (values.help || !isArchitecture(values.arch)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  for (const deployable of deployables) {
    const { file, bytes, unpackedBytes, sha256 } = await buildZip(deployable, {
      out: values.out,
      cpu: values.arch,
    })
    console.log(`${file}  ${megabytes(bytes)}, ${megabytes(unpackedBytes)} unpacked  sha256 ${sha256}`)
  }
  return 0
}

function isArchitecture(text: string): text is Architecture {
  return (architectures as readonly string[]).includes(text)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
