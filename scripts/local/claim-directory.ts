import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'pid'

/** @throws Error when a living process uses this data directory */
export async function assertUnclaimed(directory: string): Promise<void> {
  const holder = Number(await readFile(join(directory, fileName), 'utf8').catch(() => '0'))
  if (holder > 0 && isAlive(holder)) {
    throw new Error(`Another hashgate (process ${holder}) is using ${directory}: stop it first.`)
  }
}

/**
 * Makes sure that one system at a time uses a data directory. Returns the function that gives it back.
 * @throws Error when a living process has it
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  await assertUnclaimed(directory)
  const file = join(directory, fileName)
  await writeFile(file, String(process.pid))
  return () => rm(file, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
