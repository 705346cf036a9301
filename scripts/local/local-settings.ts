import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoreSettings } from './create-stores.ts'

type KeyStoreSettings = ReturnType<typeof pickStore>

/** Settings with which other commands connect to the running system. */
export interface LocalSettings {
  gateway: string
  /** The development key. */
  key: string
  /** Settings for the table of API keys, for `npm run keys`. */
  store: KeyStoreSettings
  /** Settings of the processor, for `npm run reprocess`. */
  processor: Record<string, string>
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

/** Writes the file readable by its owner only, because it contains a key. */
export async function writeLocalSettings(dataDirectory: string, settings: LocalSettings): Promise<void> {
  await writeFile(join(dataDirectory, fileName), `${JSON.stringify(settings)}\n`, { mode: 0o600 })
}

/** Picks the settings needed to open the table of API keys. */
export function pickStore(settings: StoreSettings) {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, DYNAMODB_ENDPOINT, KEYS_TABLE } = settings
  return { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, DYNAMODB_ENDPOINT, KEYS_TABLE }
}
