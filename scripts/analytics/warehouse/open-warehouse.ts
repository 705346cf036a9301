import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localDataDirectory } from '../../config.ts'
import { connectStores, type StoreSettings } from '../../local/create-stores.ts'
import { readLocalSettings } from '../../local/local-settings.ts'
import { createWarehouse } from './create-warehouse.ts'
import { readManifests, readRecords } from './read-local-system.ts'
import type { Session } from './session.ts'

interface Options {
  /** Directory of the local system's data. Default: `.data`, or `HASHGATE_DATA`. */
  dataDirectory?: string
  /** What `GETDATE()` returns, `YYYY-MM-DD HH:MM:SS`, UTC. Default: the time. */
  now?: string
}

/**
 * Opens the views of `deploy/analytics` over the records and manifests of the system that `npm start` runs here. They show its state at
 * this moment.
 * @throws Error when no system is running
 */
export async function openWarehouse({
  dataDirectory = localDataDirectory(),
  now,
}: Options = {}): Promise<Session> {
  const settings = await readSettings(dataDirectory)
  const { s3, dynamoDb, close } = connectStores(settings)
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-warehouse-'))
  try {
    // Records first: a manifest that is written in between has a record that is read as unfinished, never one that is missing.
    const rows = await readRecords(dynamoDb, settings.CATALOG_TABLE).catch(
      explain(settings.DYNAMODB_ENDPOINT),
    )
    const manifests = await readManifests(s3, settings.PROCESSED_BUCKET).catch(explain(settings.S3_ENDPOINT))
    return await createWarehouse({ rows, manifests, directory, historyMode: false, now })
  } finally {
    close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function readSettings(dataDirectory: string): Promise<StoreSettings> {
  const file = join(dataDirectory, 'local.json')
  const settings = await readLocalSettings(dataDirectory).catch((cause) => {
    throw new Error(`${file} cannot be read. Run "npm start" again.`, { cause })
  })
  const { S3_ENDPOINT, DYNAMODB_ENDPOINT } = settings?.processor ?? {}
  if (S3_ENDPOINT && DYNAMODB_ENDPOINT) return settings?.processor as unknown as StoreSettings
  throw new Error(`No system is running: ${file} names none. Run "npm start" and keep it running.`)
}

function explain(endpoint: string) {
  return (cause: Error): never => {
    const reason = (cause as NodeJS.ErrnoException).code ?? cause.name
    throw new Error(
      `The local system does not answer at ${endpoint} (${reason}). Run "npm start" and keep it running.`,
      { cause },
    )
  }
}
