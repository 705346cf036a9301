import type { ListedObject } from './manifest-store.ts'

interface Inputs {
  /** Parquet files of a day, the oldest version first. */
  files: readonly ListedObject[]
  /** Key of the file that the partition points to. Undefined: the day has no rows. */
  current?: string
  /** Key of the file that the partition pointed to before this run, so that queries can still be reading it. */
  queried?: string
  nowMs: number
  /** Milliseconds for which a superseded file stays. With 0 only the current file stays. */
  graceMs: number
}

/** Finds the superseded files that can be deleted. @returns their keys */
export function findSuperseded({ files, current, queried, nowMs, graceMs }: Inputs): string[] {
  const isDeletable = (key: string, successor: ListedObject | undefined): boolean => {
    if (key === current) return false
    if (graceMs === 0) return true
    if (key === queried) return false
    if (successor) return successor.writtenAtMs <= nowMs - graceMs
    // Another run can have written the newest file, and be about to move the partition to it.
    return current === undefined
  }
  return files.filter(({ key }, index) => isDeletable(key, files[index + 1])).map(({ key }) => key)
}
