import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inheritedEnvironment } from '../../config.ts'
import type { LocalSystem } from '../../local/start-system.ts'

interface FuzzOptions {
  /** Path of Schemathesis. */
  program: string
  /** Folder for its report and its example database. */
  cache: string
  options: string[]
}

/** A full run that generates fewer cases fails. */
const minCases = 2_000
/** Options that restrict the run to a part of the API. */
const narrowing = /^--(phases|include|exclude)/

/** Runs all phases and checks, prints the findings, and returns the exit code. */
export async function fuzzGateway(
  { gatewayUrl, key }: Pick<LocalSystem, 'gatewayUrl' | 'key'>,
  { program, cache, options }: FuzzOptions,
): Promise<number> {
  const report = join(cache, 'report.json')
  const args = [
    ...['--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run', `${gatewayUrl}/openapi.json`],
    ...['--header', `Authorization: Bearer ${key}`, '--checks', 'all', '--no-color'],
    ...['--report', 'json', '--report-json-path', report, ...options],
  ]
  const child = spawn(program, args, { cwd: cache, env: inheritedEnvironment(), stdio: 'inherit' })
  const [code] = await once(child, 'close')
  if (code !== 0) return 1
  const { test_cases: cases, operations } = JSON.parse(await readFile(report, 'utf8'))
  console.log(`${cases.generated} cases of ${operations.tested} operations, ${cases.with_failures} failed`)
  if (cases.generated >= minCases || options.some((option) => narrowing.test(option))) return 0
  console.error(`Fewer than ${minCases} cases were generated: too few for a full run.`)
  return 1
}
