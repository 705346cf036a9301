import type { DayRow, ReportData } from '../data/read-report.ts'
import {
  formatBytes,
  formatCount,
  formatDecimal,
  formatNumberOf,
  formatSeconds,
  formatShare,
} from '../format.ts'
import { listDayValues } from './list-day-values.ts'
import { ratio, savedShare, sumDays } from './sum-days.ts'

export interface Headline {
  name: string
  /** Formatted. */
  value: string
  /** Explains the value, such as what it is a share of. */
  note?: string
  /** Change from the preceding period. Absent if the two cannot be compared. */
  change?: { text: string; tone: 'better' | 'worse' | 'neutral' }
  /** The value on each day of the period. */
  series: (number | undefined)[]
}

/** The numbers at the top of a report. */
export function createHeadlines(data: ReportData): Headline[] {
  const { latency, latencyBefore, latencyByHour } = data
  const now = sumDays(data.days)
  const before = data.isComparable ? sumDays(data.daysBefore) : undefined
  const earlier = data.isComparable ? latencyBefore : undefined
  const byDay = (pick: (day: DayRow) => number) => listDayValues(data, pick)
  const rejectedShare = (sums: { rejected: number; arrived: number }) => ratio(sums.rejected, sums.arrived)

  return [
    {
      name: 'Images received',
      value: formatCount(now.arrived),
      note: `of ${formatCount(now.requested)} requested`,
      change: before && compare(now.arrived, before.arrived, formatCount),
      series: byDay(({ ready, rejected }) => ready + rejected),
    },
    {
      name: 'Data received',
      value: formatBytes(now.arrivedBytes),
      note: now.arrived > 0 ? `${formatBytes(now.arrivedBytes / now.arrived)} per image` : undefined,
      change: before && compare(now.arrivedBytes, before.arrivedBytes, formatBytes),
      series: byDay(({ arrivedBytes }) => arrivedBytes),
    },
    {
      name: 'Saved by deduplication',
      value: formatBytes(now.savedBytes),
      note: `${formatShare(savedShare(now))} of the data; ${formatNumberOf(now.duplicates, 'upload')} avoided`,
      change: before && compare(now.savedBytes, before.savedBytes, formatBytes),
      series: byDay(({ savedBytes }) => savedBytes),
    },
    {
      name: 'Rejected',
      value: formatShare(rejectedShare(now)),
      note: `${formatCount(now.rejected)} of ${formatCount(now.arrived)} images`,
      change:
        before && before.arrived > 0 && now.arrived > 0
          ? comparePoints(rejectedShare(now), rejectedShare(before))
          : undefined,
      series: byDay((day) => ratio(day.rejected, day.ready + day.rejected)),
    },
    {
      name: 'Median processing time',
      value: formatSeconds(latency.p50Seconds),
      note: 'half of the images take less',
      change: earlier && compareSeconds(latency.p50Seconds, earlier.p50Seconds),
      series: latencyByHour.map(({ p50Seconds }) => p50Seconds),
    },
    {
      name: 'Slowest 1% of images',
      value: formatSeconds(latency.p99Seconds),
      note: 'or longer (99th percentile)',
      change: earlier && compareSeconds(latency.p99Seconds, earlier.p99Seconds),
      series: latencyByHour.map(({ p99Seconds }) => p99Seconds),
    },
  ]
}

function compare(now: number, before: number, format: (value: number) => string): Headline['change'] {
  if (before === 0) return { text: now === 0 ? 'none before either' : 'none before', tone: 'neutral' }
  return { text: `${arrow(now - before)} ${percent(now, before)}, from ${format(before)}`, tone: 'neutral' }
}

function comparePoints(now: number, before: number): Headline['change'] {
  const points = (now - before) * 100
  if (Math.abs(points) < 0.05) return { text: 'unchanged', tone: 'neutral' }
  const size = formatDecimal(Math.abs(points))
  return {
    text: `${arrow(points)} ${size} points, from ${formatShare(before)}: ${points < 0 ? 'better' : 'worse'}`,
    tone: points < 0 ? 'better' : 'worse',
  }
}

function compareSeconds(now: number | undefined, before: number | undefined): Headline['change'] {
  if (now === undefined || before === undefined || before === 0) return undefined
  if (formatSeconds(now) === formatSeconds(before)) return { text: 'unchanged', tone: 'neutral' }
  const word = now < before ? 'faster' : 'slower'
  return {
    text: `${arrow(now - before)} ${percent(now, before)}, from ${formatSeconds(before)}: ${word}`,
    tone: now < before ? 'better' : 'worse',
  }
}

/** Above ten times, a factor reads better than a percentage. */
function percent(now: number, before: number): string {
  return now / before >= 10
    ? `${formatDecimal(now / before)}-fold`
    : formatShare(Math.abs(now - before) / before)
}

const arrow = (difference: number) => (difference > 0 ? '▲' : difference < 0 ? '▼' : '=')
