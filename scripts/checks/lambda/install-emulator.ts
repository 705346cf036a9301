import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../../services/find-tool.ts'
import { runTool } from '../../services/run-tool.ts'

/** A pseudo-version, as the Go module has no version tags. */
const version = 'v0.0.0-20261030222936-bef5c4ba774d'
const timeoutMs = 15 * 60_000

/** Builds the AWS Lambda runtime interface emulator with Go unless it is cached. Returns its path. */
export async function installEmulator(cache: string): Promise<string> {
  const directory = join(cache, `emulator-${version}`)
  const program = join(directory, 'aws-lambda-rie')
  if (existsSync(program)) return program
  console.log('building the Lambda runtime interface emulator with Go; this takes a minute the first time …')
  const source = `github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@${version}`
  await runTool(findTool('go'), ['install', source], {
    task: 'Building the Lambda runtime interface emulator',
    log: join(cache, 'emulator-go.log'),
    timeoutMs,
    environment: { GOBIN: directory, CGO_ENABLED: '0' },
  })
  return program
}
