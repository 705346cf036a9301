import { drawLatency, latencyLines } from '../../charts/draw-latency.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatDay, formatSeconds } from '../../format.ts'
import { countColumn, type Section } from './section.ts'

/** Percentiles of the processing time, by hour. */
export function createLatencyByHour({ period, latency, latencyByHour, queries }: ReportData): Section {
  const slowest = [...latencyByHour].sort((a, b) => (b.p99Seconds ?? 0) - (a.p99Seconds ?? 0))[0]
  const hasTimes = latency.p50Seconds !== undefined
  return {
    name: 'latency-by-hour',
    title: 'Processing time by hour',
    summary:
      hasTimes && slowest
        ? `Half of the images were processed within ${formatSeconds(latency.p50Seconds)}, 90% within ${formatSeconds(latency.p90Seconds)} and 99% within ${formatSeconds(latency.p99Seconds)}, retries included. The slowest hour was ${formatDay(slowest.hour.slice(0, 10))}, ${slowest.hour.slice(11)}:00. Hours in UTC, by upload request.`
        : 'No image was processed in this period.',
    legend: latencyLines
      .map(({ name }) => ({ name: { p50: 'p50 (median)', p90: 'p90', p99: 'p99' }[name], swatch: name }))
      .toReversed(),
    draw: hasTimes ? (width) => drawLatency({ period, hours: latencyByHour, width }) : undefined,
    columns: [
      { name: 'hour', title: 'Hour' },
      countColumn('images', 'Images'),
      { name: 'p50_seconds', title: 'p50', format: formatSeconds },
      { name: 'p90_seconds', title: 'p90', format: formatSeconds },
      { name: 'p99_seconds', title: 'p99', format: formatSeconds },
    ],
    rows: latencyByHour.map((row) => [
      `${row.hour}:00`,
      row.images,
      row.p50Seconds,
      row.p90Seconds,
      row.p99Seconds,
    ]),
    sql: queries.latencyByHour,
  }
}
