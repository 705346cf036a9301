import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectCreatedEvent } from './object-created-event.ts'

export type EventSpool = Awaited<ReturnType<typeof createEventSpool>>

/**
 * Events to deliver, one file each, so that a restart loses none:
 *
 *     ‹directory›/spool/‹name›.pending   written before its object became visible
 *     ‹directory›/spool/‹name›.json      the object is visible; to be delivered
 *
 * Names sort in the order of writing.
 */
export async function createEventSpool(directory: string) {
  const spoolPath = join(directory, 'spool')
  await mkdir(spoolPath, { recursive: true })

  const pathOf = (name: string, state: 'pending' | 'json') => join(spoolPath, `${name}.${state}`)

  async function prepare(event: ObjectCreatedEvent): Promise<string> {
    const name = `${event.Records[0]?.s3.object.sequencer}-${randomUUID()}`
    await writeFile(pathOf(name, 'pending'), JSON.stringify(event))
    return name
  }

  async function confirm(name: string): Promise<void> {
    await rename(pathOf(name, 'pending'), pathOf(name, 'json'))
  }

  async function withdraw(name: string): Promise<void> {
    await rm(pathOf(name, 'pending'), { force: true })
  }

  /** The JSON of an event to deliver. */
  function read(name: string): Promise<string> {
    return readFile(pathOf(name, 'json'), 'utf8')
  }

  async function remove(name: string): Promise<void> {
    await rm(pathOf(name, 'json'), { force: true })
  }

  /**
   * Recovers the events of an earlier process. Call before `prepare`.
   * @param isVisible whether the object of a pending event exists
   * @returns the names to deliver, oldest first
   */
  async function recover(isVisible: (event: ObjectCreatedEvent) => Promise<boolean>): Promise<string[]> {
    for (const name of await listNames(spoolPath, '.pending')) {
      const event = parseEvent(await readFile(pathOf(name, 'pending'), 'utf8'))
      if (event && (await isVisible(event))) await confirm(name)
      else await withdraw(name)
    }
    return (await listNames(spoolPath, '.json')).sort()
  }

  return { prepare, confirm, withdraw, read, remove, recover }
}

async function listNames(path: string, suffix: string): Promise<string[]> {
  const names = await readdir(path)
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length))
}

/** Undefined for a file truncated by a crash: its object was not yet visible. */
function parseEvent(json: string): ObjectCreatedEvent | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
