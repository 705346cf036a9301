import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The environment without npm's variables, which refer to this repository as the project. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))

/** Runs a program in a folder. Returns its output. @throws Error with all of its output when it fails */
export async function runProgram(
  folder: string,
  [program = '', ...args]: string[],
  variables: Record<string, string> = {},
): Promise<string> {
  const options = {
    cwd: folder,
    env: { ...environment, ...variables },
    timeout: 300_000,
    maxBuffer: 10_000_000,
  }
  const { stdout } = await promisify(execFile)(program, args, options).catch(
    ({ stdout, stderr, message }) => {
      throw new Error([message, stdout, stderr].filter(Boolean).join('\n'))
    },
  )
  return stdout.trim()
}
