import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What a program on the PATH says of its version, or undefined where there is none. */
export async function findVersion(program: string, flag: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, [flag])
    return stdout.trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
