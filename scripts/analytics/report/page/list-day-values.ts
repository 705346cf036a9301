import { listDays } from '../data/period.ts'
import type { DayRow, ReportData } from '../data/read-report.ts'

/** A value of each day of the period, in order. A day without images has 0. */
export function listDayValues(
  { period, days }: Pick<ReportData, 'period' | 'days'>,
  pick: (row: DayRow) => number,
): number[] {
  const found = new Map(days.map((row) => [row.day, row]))
  return listDays(period).map((day) => {
    const row = found.get(day)
    return row ? pick(row) : 0
  })
}
