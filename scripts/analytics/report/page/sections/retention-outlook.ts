import { drawDays } from '../../charts/draw-days.ts'
import { paint } from '../../charts/draw-plot.ts'
import { addDays, listDays } from '../../data/period.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatBytes, formatDay, formatDays, formatImages } from '../../format.ts'
import { sumImages } from '../sum-days.ts'
import { bytesColumn, countColumn, type Section } from './section.ts'

/** When the stored images expire. */
export function createRetentionOutlook({ retention, retentionDays, now, queries }: ReportData): Section {
  const today = now.toISOString().slice(0, 10)
  const days = listDays({ from: today, to: addDays(today, retentionDays) })
  const found = new Map(retention.map(({ day, bytes }) => [day, bytes]))
  const images = sumImages(retention)
  const total = retention.reduce((total, { bytes }) => total + bytes, 0)
  const largest = [...retention].sort((a, b) => b.bytes - a.bytes)[0]
  return {
    name: 'retention-outlook',
    title: 'Retention outlook',
    summary: largest
      ? `${formatImages(images)} with ${formatBytes(total)} of uploaded data ${images === 1 ? 'expires' : 'expire'} within ${formatDays(retentionDays)}, most of it on ${formatDay(largest.day)}. This is as of now, regardless of the period; variants are not included.`
      : 'No stored image is waiting to expire.',
    draw:
      total > 0
        ? (width) =>
            drawDays({
              days,
              width,
              label: 'data that expires',
              format: formatBytes,
              series: [{ name: 'expire', fill: paint.main, values: days.map((day) => found.get(day) ?? 0) }],
            })
        : undefined,
    columns: [
      { name: 'day', title: 'Expires on' },
      countColumn('images', 'Images'),
      bytesColumn('bytes', 'Data'),
    ],
    rows: retention.map(({ day, images, bytes }) => [day, images, bytes]),
    sql: queries.retention,
  }
}
