import type { S3Client } from '@aws-sdk/client-s3'
import type { CompactionDeps } from '../../../processor/compaction/compact-day.ts'
import { createManifestStore } from '../../../processor/compaction/manifest-store.ts'
import { createUnlistedPartitions, openPartitions } from '../../../processor/compaction/partitions.ts'
import { localDataDirectory } from '../../config.ts'
import { connectStores } from '../../local/create-stores.ts'
import { checkEnvironmentName } from '../warehouse/check-environment-name.ts'
import { readManifestTable } from '../warehouse/read-manifest-table.ts'
import { readStoreSettings } from '../warehouse/read-store-settings.ts'

/** The maximum of RETENTION_DAYS. Each manifest has its own expiry; this value only avoids reading manifests that must have expired. */
export const retentionDays = 365

export interface OpenCompaction {
  deps: CompactionDeps
  /** URL of the local store. Undefined on AWS. */
  endpoint?: string
  close(): void
}

/** Connects to the manifests of the local system. */
export function connectLocalCompaction(s3: S3Client, bucket: string): CompactionDeps {
  const partitions = createUnlistedPartitions(readManifestTable().StorageDescriptor.Columns)
  return { store: createManifestStore(s3, bucket), partitions, now: Date.now }
}

/**
 * Connects to the manifests of an environment on AWS or, without a name, to those of the system that `npm start` runs here.
 * @throws Error when the name cannot be that of an environment, when its stacks are not deployed, or when no system is running
 */
export async function openCompaction(env: string | undefined): Promise<OpenCompaction> {
  if (env === undefined) {
    const settings = await readStoreSettings(localDataDirectory())
    const { s3, close } = connectStores(settings)
    return {
      deps: connectLocalCompaction(s3, settings.PROCESSED_BUCKET),
      endpoint: settings.S3_ENDPOINT,
      close,
    }
  }
  checkEnvironmentName(env)
  // Loaded only here, because the clients take a third of a second.
  const { connectAws } = await import('../../deploy/connect-aws.ts')
  const { readOutput } = await import('../../deploy/read-outputs.ts')
  const aws = connectAws()
  try {
    const bucket = await readOutput(aws.ssm, env, 'storage/processed-bucket')
    const DatabaseName = await readOutput(aws.ssm, env, 'analytics/glue-database')
    const partitions = await openPartitions(aws.glue, { DatabaseName, TableName: readManifestTable().Name })
    const deps = { store: createManifestStore(aws.s3, bucket), partitions, now: Date.now }
    return { deps, close: aws.close }
  } catch (error) {
    aws.close()
    throw error
  }
}
