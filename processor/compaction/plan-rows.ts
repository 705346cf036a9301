import { manifestKeyOfDay, parseManifestKey } from '../../core/images/object-key.ts'
import type { ListedObject } from './manifest-store.ts'
import type { RowIdentity } from './parquet-file.ts'

/** The source of a row of the next file: its position in the current file, or the key of the manifest to read. */
export type RowSource = number | string

export interface RowPlan {
  /** In the order of the manifests' keys. */
  sources: RowSource[]
  /** Manifests to read. */
  reads: number
  /** Manifests that are left to the next run. Their rows, if the current file has them, stay as they are. */
  left: number
  /** Whether the current file already has exactly these rows. */
  isCurrent: boolean
}

export interface PlanInputs {
  /** `YYYY-MM-DD` */
  day: string
  /** Rows of the current file, in the order of their manifests' keys. */
  rows: readonly RowIdentity[]
  manifests: readonly ListedObject[]
  maxReads: number
  /** Images that were requested before this time have expired, epoch milliseconds. */
  expiredBeforeMs: number
  nowMs: number
}

const dayMs = 24 * 3_600_000

/**
 * Decides which rows the next Parquet file of a day has, without reading a manifest. It merges two sorted lists instead of looking keys up,
 * because maps of a million keys would take most of the function's memory.
 */
export function planRows({ day, rows, manifests, maxReads, expiredBeforeMs, nowMs }: PlanInputs): RowPlan {
  const plan = { sources: [] as RowSource[], reads: 0, left: 0 }
  let position = 0
  let kept = 0
  const keyAt = (row: RowIdentity) => manifestKeyOfDay({ day, tenant: row.tenant, imageId: row.imageid })

  // Reprocessing writes a manifest again but does not extend the image's lifetime, so the time of writing alone is not enough.
  const isPast = Date.parse(day) + dayMs <= expiredBeforeMs

  for (const { key, etag, writtenAtMs } of manifests.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    let row = rows[position]
    while (row && keyAt(row) < key) row = rows[++position]
    const existing = row && keyAt(row) === key ? row : undefined
    if (existing && Number(existing.expiresat) * 1_000 <= nowMs) continue
    if (!existing && (isPast || writtenAtMs <= expiredBeforeMs || !parseManifestKey(key))) continue

    const isUnread = existing?.manifest_etag !== etag
    if (isUnread && plan.reads < maxReads) {
      plan.reads++
      plan.sources.push(key)
      continue
    }
    if (isUnread) plan.left++
    if (existing) {
      kept++
      plan.sources.push(position)
    }
  }
  return { ...plan, isCurrent: plan.reads === 0 && kept === rows.length }
}
