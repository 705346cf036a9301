import { join } from 'node:path'
import type { StoreSettings } from '../../local/create-stores.ts'
import { readLocalSettings } from '../../local/local-settings.ts'

/** Settings of the stores of the system that `npm start` runs here. @throws Error when none is running */
export async function readStoreSettings(dataDirectory: string): Promise<StoreSettings> {
  const file = join(dataDirectory, 'local.json')
  const settings = await readLocalSettings(dataDirectory).catch((cause) => {
    throw new Error(`${file} cannot be read. Run "npm start" again.`, { cause })
  })
  const { S3_ENDPOINT, DYNAMODB_ENDPOINT } = settings?.processor ?? {}
  if (S3_ENDPOINT && DYNAMODB_ENDPOINT) return settings?.processor as unknown as StoreSettings
  throw new Error(`No system is running: ${file} names none. Run "npm start" and keep it running.`)
}

/** Creates a handler that explains why a store did not answer. It passes on the errors of days that were not compacted. */
export function explainNoAnswer(endpoint: string) {
  return (cause: Error): never => {
    if (cause instanceof AggregateError) throw cause
    const reason = (cause as NodeJS.ErrnoException).code ?? cause.name
    throw new Error(
      `The local system does not answer at ${endpoint} (${reason}). Run "npm start" and keep it running.`,
      { cause },
    )
  }
}
