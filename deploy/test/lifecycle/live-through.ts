/** A rule of a bucket's lifecycle, as far as ours go. */
export interface LifecycleRule {
  Status: 'Enabled' | 'Disabled'
  Prefix?: string
  ExpirationInDays?: number
  NoncurrentVersionExpiration?: { NoncurrentDays: number }
  ExpiredObjectDeleteMarker?: boolean
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number }
}

/** Days after the upload at which something is gone, or undefined for never. */
export interface Ends {
  /** Nobody gets it without naming a version. */
  hidden?: number
  /** No version has bytes any more. */
  bytes?: number
  /** Not even the marker of its deletion is left. */
  marker?: number
  /** What an upload in parts that was never completed leaves behind. */
  parts?: number
}

const dayMs = 86_400_000

/**
 * Lives through one object's days in a versioned bucket. S3 counts whole days and then goes on to the next midnight UTC; what its daily
 * run has done counts from after that midnight.
 * Source: "Lifecycle configuration elements" and "Removing expired object delete markers", Amazon S3 User Guide.
 * @param uploadedMs epoch milliseconds
 */
export function liveThrough(rules: LifecycleRule[], uploadedMs: number): Ends {
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
 * When S3 deletes the bytes of an object that a request has deleted, which in a versioned bucket only hides it.
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
