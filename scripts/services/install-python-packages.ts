import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from './find-tool.ts'
import { runTool } from './run-tool.ts'

const timeoutMs = 10 * 60_000

interface PythonPackages {
  name: string
  /** A pip requirements file with exact versions. */
  requirements: string
  /** Directory for virtual environments, one for each state of the requirements. */
  cache: string
}

/** Installs Python packages into a virtual environment unless they are cached. @returns the folder of their programs */
export async function installPythonPackages({ name, requirements, cache }: PythonPackages): Promise<string> {
  const state = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const directory = join(cache, `${name}-${state.slice(0, 12)}`)
  const complete = join(directory, 'complete')
  if (existsSync(complete)) return join(directory, 'bin')
  console.log(`Installing ${name} from PyPI …`)
  await rm(directory, { recursive: true, force: true })
  await run(findTool('python'), ['-m', 'venv', directory])
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  await run(join(directory, 'bin/pip'), pip)
  await writeFile(complete, '')
  return join(directory, 'bin')

  function run(program: string, args: string[]): Promise<void> {
    return runTool(program, args, {
      task: `Installing ${name} from PyPI`,
      log: join(cache, `${name}-pip.log`),
      timeoutMs,
    })
  }
}
