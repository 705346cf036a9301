import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the other commands need to find the running system. */
export interface LocalSettings {
  /** URL of the gateway. */
  gateway: string
  /** The development key. */
  key: string
}

const fileName = 'local.json'

export async function readLocalSettings(dataDirectory: string): Promise<LocalSettings | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDirectory, fileName), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Only its owner can read the file: it holds a key. */
export async function writeLocalSettings(dataDirectory: string, settings: LocalSettings): Promise<void> {
  await writeFile(join(dataDirectory, fileName), `${JSON.stringify(settings)}\n`, { mode: 0o600 })
}
