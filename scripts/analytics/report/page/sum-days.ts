import type { DayRow } from '../data/read-report.ts'

/** The sums of some days. */
export function sumDays(days: DayRow[]) {
  const sum = (pick: (day: DayRow) => number) => days.reduce((total, day) => total + pick(day), 0)
  const ready = sum((day) => day.ready)
  const rejected = sum((day) => day.rejected)
  return {
    requested: sum((day) => day.requested),
    ready,
    rejected,
    arrived: ready + rejected,
    arrivedBytes: sum((day) => day.arrivedBytes),
    duplicates: sum((day) => day.duplicates),
    savedBytes: sum((day) => day.savedBytes),
  }
}

export const sumImages = (rows: { images: number }[]): number =>
  rows.reduce((total, { images }) => total + images, 0)

/** The saved share of what clients would have sent without deduplication. */
export const savedShare = ({ arrivedBytes, savedBytes }: { arrivedBytes: number; savedBytes: number }) =>
  ratio(savedBytes, arrivedBytes + savedBytes)

/** 0 if the whole is 0. */
export const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
