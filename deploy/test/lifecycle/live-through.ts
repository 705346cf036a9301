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
  const active = rules.filter(({ Status, Prefix }) => Status === 'Enabled' && !Prefix)
  const afterDays = (fromMs: number | undefined, days: number | undefined) =>
    fromMs === undefined || days === undefined
      ? undefined
      : Math.ceil((fromMs + days * dayMs) / dayMs) * dayMs

  const hidden = afterDays(uploadedMs, least(active.map((rule) => rule.ExpirationInDays)))
  const hiddenFrom = hidden === undefined ? undefined : hidden + 1
  const noncurrentDays = least(active.map((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays))
  const bytes = afterDays(hiddenFrom, noncurrentDays)
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

function least(days: (number | undefined)[]): number | undefined {
  const set = days.filter((day) => day !== undefined).map(Number)
  return set.length > 0 ? Math.min(...set) : undefined
}
