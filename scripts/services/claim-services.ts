import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from './process-record.ts'
import { readStartMark } from './read-start-mark.ts'
import type { ServicesLayout } from './services-layout.ts'

/**
 * One `up` or `down` at a time. Returns the function that lets the next one in.
 * @throws Error when another one is at work
 */
export async function claimServices({ root }: ServicesLayout): Promise<() => Promise<void>> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  const file = join(root, 'lock')
  const holder = JSON.stringify({ pid: process.pid, startMark: readStartMark(process.pid) })
  // Twice: a lock of somebody who died is removed the first time.
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, holder, { flag: 'wx', mode: 0o600 })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      await removeIfAbandoned(file)
    }
  }
  throw new Error('Another "npm run services" has just begun: let it finish.')
}

async function removeIfAbandoned(file: string): Promise<void> {
  const holder = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text))
    .catch(() => undefined)
  if (holder && isAlive(holder)) {
    throw new Error(`Another "npm run services" (process ${holder.pid}) is at work: let it finish.`)
  }
  await rm(file, { force: true })
}
