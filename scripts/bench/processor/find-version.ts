import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The version that a program reports, or undefined if it is not on the PATH. */
export async function findVersion(program: string, flag: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, [flag])
    return stdout.trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
