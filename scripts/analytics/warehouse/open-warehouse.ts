import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localDataDirectory } from '../../config.ts'
import { connectStores } from '../../local/create-stores.ts'
import { createWarehouse } from './create-warehouse.ts'
import { readManifests, readRecords } from './read-local-system.ts'
import { explainNoAnswer, readStoreSettings } from './read-store-settings.ts'
import type { Session } from './session.ts'

interface Options {
  /** Directory of the local system's data. Default: `.data`, or `HASHGATE_DATA`. */
  dataDirectory?: string
  /** What `GETDATE()` returns, `YYYY-MM-DD HH:MM:SS`, UTC. Default: the current time. */
  now?: string
}

/**
 * Opens the views of `deploy/analytics` on the records and manifests of the system that `npm start` runs here. They show its state when
 * this function is called.
 * @throws Error when no system is running
 */
export async function openWarehouse({
  dataDirectory = localDataDirectory(),
  now,
}: Options = {}): Promise<Session> {
  const settings = await readStoreSettings(dataDirectory)
  const { s3, dynamoDb, close } = connectStores(settings)
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-warehouse-'))
  try {
    // Records first: the record of a manifest written in between is then unfinished, but never missing.
    const rows = await readRecords(dynamoDb, settings.CATALOG_TABLE).catch(
      explainNoAnswer(settings.DYNAMODB_ENDPOINT),
    )
    const manifests = await readManifests(s3, settings.PROCESSED_BUCKET).catch(
      explainNoAnswer(settings.S3_ENDPOINT),
    )
    return await createWarehouse({ rows, manifests, directory, historyMode: false, now })
  } finally {
    close()
    await rm(directory, { recursive: true, force: true })
  }
}
