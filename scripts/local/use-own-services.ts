import { PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { readServicesEnvironment } from '../services/env-file.ts'
import type { StartBacking } from './backing.ts'
import { connectStores, type StoreSettings } from './create-stores.ts'
import type { OwnNames } from './own-names.ts'
import { removeOwn } from './remove-own.ts'
import { type ServicesOptions, useServices } from './use-services.ts'

/**
 * The services, with buckets, a table and topics of these names, which are gone at the end. The raw bucket keeps versions,
 * as in production: what is written twice shows.
 */
export function useOwnServices(
  names: OwnNames,
  { settings, ...options }: ServicesOptions = {},
): StartBacking {
  const start = useServices({ ...options, settings: { ...names, ...settings } })
  return async (dataDirectory, onStop) => {
    const backing = await start(dataDirectory, onStop)
    onStop(() => removeOwn(names))
    await keepVersions({ ...(await readServicesEnvironment()), ...names })
    return backing
  }
}

async function keepVersions(settings: StoreSettings): Promise<void> {
  const { s3, close } = connectStores(settings)
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new PutBucketVersioningCommand({ Bucket: settings.RAW_BUCKET, VersioningConfiguration }))
  close()
}
