/** A lifecycle rule of a bucket, with the properties that our templates use. */
export interface LifecycleRule {
  Status: 'Enabled' | 'Disabled'
  Prefix?: string
  ExpirationInDays?: number
  NoncurrentVersionExpiration?: { NoncurrentDays: number }
  ExpiredObjectDeleteMarker?: boolean
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number }
}

/** Days from the upload to each event; undefined if it never happens. */
export interface LifecycleDays {
  /** A request without a version id no longer finds the object. */
  hidden?: number
  /** The last version is deleted. */
  bytes?: number
  /** The delete marker is removed. */
  marker?: number
  /** The parts of an incomplete multipart upload are deleted. */
  parts?: number
}

const dayMs = 86_400_000

/**
 * Computes when S3 deletes an object of a versioned bucket. S3 counts whole days and rounds up to the next midnight UTC; later periods
 * count from the run after that midnight.
 * Source: "Lifecycle configuration elements" and "Removing expired object delete markers", Amazon S3 User Guide.
 * @param uploadedMs epoch milliseconds
 */
export function simulateLifecycle(rules: LifecycleRule[], uploadedMs: number): LifecycleDays {
  const active = activeOf(rules)
  const hidden = afterDays(uploadedMs, least(active.map((rule) => rule.ExpirationInDays)))
  const bytes = deleteAt(rules, hidden === undefined ? undefined : hidden + 1)
  const marker = active.some((rule) => rule.ExpiredObjectDeleteMarker)
    ? afterDays(bytes === undefined ? undefined : bytes + 1, 0)
    : undefined
  const parts = afterDays(
    uploadedMs,
    least(active.map((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)),
  )
  const inDays = (endMs: number | undefined) =>
    endMs === undefined ? undefined : (endMs - uploadedMs) / dayMs
  return { hidden: inDays(hidden), bytes: inDays(bytes), marker: inDays(marker), parts: inDays(parts) }
}

/**
 * Computes when S3 deletes the bytes of an object after a delete request, which only hides it in a versioned bucket.
 * @param deletedMs epoch milliseconds
 * @returns epoch milliseconds, or undefined for never
 */
export function deleteAt(rules: LifecycleRule[], deletedMs: number | undefined): number | undefined {
  const days = activeOf(rules).map((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays)
  return afterDays(deletedMs, least(days))
}

const activeOf = (rules: LifecycleRule[]) =>
  rules.filter(({ Status, Prefix }) => Status === 'Enabled' && !Prefix)

const afterDays = (fromMs: number | undefined, days: number | undefined): number | undefined =>
  fromMs === undefined || days === undefined ? undefined : Math.ceil((fromMs + days * dayMs) / dayMs) * dayMs

function least(days: (number | undefined)[]): number | undefined {
  const set = days.filter((day) => day !== undefined).map(Number)
  return set.length > 0 ? Math.min(...set) : undefined
}
