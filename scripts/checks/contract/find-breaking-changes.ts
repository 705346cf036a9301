import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type FindBreakingChanges = (before: string, after: string) => Promise<string>

/** Describes the changes that would break clients of the earlier contract; empty if there are none. */
export const findWithOasdiff =
  (program: string): FindBreakingChanges =>
  async (before, after) => {
    const directory = await mkdtemp(join(tmpdir(), 'hashgate-contract-'))
    try {
      const files = [join(directory, 'before.json'), join(directory, 'after.json')] as const
      await writeFile(files[0], before)
      await writeFile(files[1], after)
      return await compare(program, files)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

/** oasdiff exits with code 1 when it finds breaking changes. */
async function compare(program: string, files: readonly string[]): Promise<string> {
  const args = ['breaking', '--fail-on', 'WARN', '--format', 'singleline', '--color', 'never', ...files]
  try {
    await promisify(execFile)(program, args)
    return ''
  } catch (error) {
    const { code, stdout } = error as { code?: number; stdout?: string }
    if (code === 1 && stdout) return stdout
    throw error
  }
}
