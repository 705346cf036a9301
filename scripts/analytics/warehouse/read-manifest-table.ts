import { readStacks, readTemplate } from '../../../deploy/read-template.ts'
import type { Column } from '../../../processor/compaction/hive-type.ts'

/** `TableInput` of the Glue table over the manifests. */
export interface ManifestTable {
  Name: string
  PartitionKeys: { Name: string }[]
  StorageDescriptor: { Columns: Column[] }
}

/** The table that Spectrum reads, as `deploy/analytics.yaml` defines it. */
export function readManifestTable(): ManifestTable {
  const stack = readStacks().find((candidate) => candidate.stack === 'analytics')
  const table = stack && readTemplate(stack).Resources.ManifestTable?.Properties?.TableInput
  if (!table) throw new Error('deploy/analytics.yaml defines no ManifestTable.')
  return table as ManifestTable
}
