import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { FileResult } from '../../packages/cli/src/upload/upload-files.ts'

interface Options {
  gateway?: string
  key?: string
  /** Working directory. */
  directory?: string
  /** What the program reads from stdin. */
  input?: string
  environment?: NodeJS.ProcessEnv
}

/** The program of the `hashgate` command. */
export const hashgateProgram = fileURLToPath(new URL('../../packages/cli/src/hashgate.ts', import.meta.url))

/** Runs `hashgate` with the gateway and key in the environment, as users should. */
export async function runHashgate(args: string[], options: Options = {}) {
  const { gateway, key, directory, input = '', environment } = options
  const env = { ...process.env, HASHGATE_GATEWAY: gateway, HASHGATE_KEY: key, ...environment }
  const child = spawn(process.execPath, [hashgateProgram, ...args], { cwd: directory, env })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

/** Runs `hashgate upload --json`. Returns the results sorted by file. */
export async function runUploadJson(paths: string[], options: Options) {
  const { code, stdout, stderr } = await runHashgate(['upload', '--json', ...paths], options)
  const results = stdout
    .split('\n')
    .filter(Boolean)
    .map((line): FileResult => JSON.parse(line))
  return { code, stderr, results: results.toSorted((a, b) => (a.file < b.file ? -1 : 1)) }
}
