import { imageIdPattern, manifestKeyOfDay, tenantPattern } from '../../core/images/object-key.ts'
import { type CompactionDeps, compactDay } from './compact-day.ts'

export interface Image {
  tenant: string
  /** SHA-256 of the content, 64 lower-case hex digits. */
  imageId: string
}

/**
 * Removes an image from the analysts' data: its manifests, its rows, and without a delay every superseded Parquet file. Repeat it after an error.
 * A compaction that runs at the same time can write the row once more; the next one drops it. In a versioned bucket the lifecycle
 * deletes the bytes.
 * @returns whether a day had a manifest of the image
 * @throws RangeError when the image cannot exist; the errors of S3 and Glue
 */
export async function removeImage(
  { tenant, imageId }: Image,
  deps: CompactionDeps,
  options: { retentionDays: number },
): Promise<boolean> {
  if (!new RegExp(tenantPattern).test(tenant) || !new RegExp(imageIdPattern).test(imageId)) {
    throw new RangeError(`${tenant}/${imageId} is not a tenant and the SHA-256 of an image.`)
  }
  const days = new Set([...(await deps.store.listDays()), ...deps.partitions.locations.keys()])
  let isFound = false
  for (const day of days) {
    const key = manifestKeyOfDay({ day, tenant, imageId })
    if (await deps.store.read(key)) isFound = true
    await deps.store.remove(key)
    await compactDay(day, deps, { ...options, graceMs: 0 })
  }
  return isFound
}
