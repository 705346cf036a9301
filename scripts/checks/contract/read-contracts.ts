import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const path = 'openapi/openapi.json'
const maxBuffer = 64 * 1024 ** 2

export interface Contract {
  version: string
  text: string
  /** Commit or path, for messages. */
  origin: string
}

/** The contract in the work tree. @param repository its folder */
export async function readCurrentContract(repository: string): Promise<Contract> {
  return contract(await readFile(join(repository, path), 'utf8'), path)
}

/**
 * Every other contract of the same version line that was ever on this branch, newest first: clients may have been generated from
 * any of them. Commits of merged branches are left out, as they were never released.
 */
export async function readEarlierContracts(repository: string, current: Contract): Promise<Contract[]> {
  const commits = (await git(repository, 'log', '--first-parent', '--format=%h', '--', path))
    .split('\n')
    .filter(Boolean)
  const seen = new Set([current.text])
  const earlier: Contract[] = []
  for (const commit of commits) {
    const text = await git(repository, 'show', `${commit}:${path}`)
    if (seen.has(text)) continue
    seen.add(text)
    earlier.push(contract(text, commit))
  }
  return earlier.filter(({ version }) => versionLine(version) === versionLine(current.version))
}

/** Versions that must stay compatible: the same major version, or below 1.0 the same minor version. Source: Semantic Versioning 2.0.0. */
export function versionLine(version: string): string {
  const [major, minor] = version.split('.')
  return major === '0' ? `0.${minor}` : String(major)
}

function contract(text: string, origin: string): Contract {
  return { text, origin, version: JSON.parse(text).info.version }
}

async function git(repository: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', repository, ...args], { maxBuffer })
  return stdout
}
