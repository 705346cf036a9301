import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isAlive, readStartMark } from './process-record.ts'

const fileName = 'lock'

/**
 * Locks a directory for this process, creating the directory if necessary. A lock whose process has ended is replaced.
 * @returns a function that releases the lock
 * @throws Error naming the process that holds the lock
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, fileName)
  const draft = `${file}.${randomUUID()}`
  const holder = JSON.stringify({ pid: process.pid, startMark: readStartMark(process.pid) })
  // Written under another name, because another process would take a lock without its holder for abandoned.
  await writeFile(draft, holder, { mode: 0o600 })
  try {
    // Two attempts: the first may find, and remove, the lock of a process that has ended.
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await link(draft, file)
        return () => rm(file, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        await assertUnlocked(directory)
        await rm(file, { force: true })
      }
    }
  } finally {
    await rm(draft, { force: true })
  }
  throw new Error(`Another process has just locked ${describe(directory)}: wait until it has finished.`)
}

/** @throws Error naming the running process that holds the lock */
export async function assertUnlocked(directory: string): Promise<void> {
  const holder = await readFile(join(directory, fileName), 'utf8')
    .then((text) => JSON.parse(text))
    .catch(() => undefined)
  if (!holder || !isAlive(holder)) return
  const where = describe(directory)
  throw new Error(`Process ${holder.pid} is using ${where}: stop it, or wait until it has finished.`)
}

const describe = (directory: string): string => relative(process.cwd(), directory) || directory
