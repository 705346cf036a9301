import { manifestKeyOfDay, parseManifestKey } from '../../core/images/object-key.ts'
import type { ListedObject } from './manifest-store.ts'
import type { RowIdentity } from './parquet-file.ts'

/** Where a row of the next file comes from: a position in the current file or, without one, the manifest. */
export interface RowSource {
  /** Key of the manifest. */
  key: string
  position?: number
}

export interface RowPlan {
  /** In the order of their keys. */
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
  /** Rows of the current file. */
  rows: readonly RowIdentity[]
  manifests: readonly ListedObject[]
  maxReads: number
  /** Images that were requested before this time have expired, epoch milliseconds. */
  expiredBeforeMs: number
  nowMs: number
}

const dayMs = 24 * 3_600_000

/** Decides which rows the next Parquet file of a day has, without reading a manifest. */
export function planRows({ day, rows, manifests, maxReads, expiredBeforeMs, nowMs }: PlanInputs): RowPlan {
  const etags = new Map(manifests.map(({ key, etag }) => [key, etag]))
  const positions = new Map<string, number>()
  const expired = new Set<string>()
  for (const [position, { tenant, imageid, expiresat }] of rows.entries()) {
    const key = manifestKeyOfDay({ day, tenant, imageId: imageid })
    if (Number(expiresat) * 1_000 <= nowMs) expired.add(key)
    else if (etags.has(key)) positions.set(key, position)
  }

  // Reprocessing writes a manifest again but does not extend the image's lifetime, so the time of writing alone is not enough.
  const isPast = Date.parse(day) + dayMs <= expiredBeforeMs
  const isRead = ({ key, etag, writtenAtMs }: ListedObject) => {
    const position = positions.get(key)
    if (position !== undefined) return rows[position]?.manifest_etag !== etag
    if (isPast || expired.has(key)) return false
    return writtenAtMs > expiredBeforeMs && parseManifestKey(key) !== undefined
  }
  const unread = manifests.filter(isRead).map(({ key }) => key)
  const reads = unread.slice(0, maxReads)
  for (const key of reads) positions.delete(key)

  const sources: RowSource[] = [...reads.map((key) => ({ key })), ...[...positions].map(toSource)]
  return {
    sources: sources.sort((a, b) => (a.key < b.key ? -1 : 1)),
    reads: reads.length,
    left: unread.length - reads.length,
    isCurrent: reads.length === 0 && positions.size === rows.length,
  }
}

const toSource = ([key, position]: [string, number]): RowSource => ({ key, position })
