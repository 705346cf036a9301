import { drawDays } from '../../charts/draw-days.ts'
import { paint } from '../../charts/draw-plot.ts'
import { listDays } from '../../data/period.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatBytes, formatNumberOf, formatShare, pastOfBe } from '../../format.ts'
import { listDayValues } from '../list-day-values.ts'
import { savedShare, sumDays } from '../sum-days.ts'
import { bytesColumn, countColumn, type Section } from './section.ts'

/** Bytes that clients sent and that deduplication saved, by day. */
export function createSavingsByDay(data: ReportData): Section {
  const sums = sumDays(data.days)
  return {
    name: 'savings-by-day',
    title: 'Data sent and saved',
    summary:
      sums.savedBytes > 0
        ? `Clients sent ${formatBytes(sums.arrivedBytes)}. ${formatNumberOf(sums.duplicates, 'further request')} ${pastOfBe(sums.duplicates)} for images that were already there, which saved ${formatBytes(sums.savedBytes)}, ${formatShare(savedShare(sums))} of the data. Savings count on the day of an image's first request.`
        : 'No image was requested twice in this period, so deduplication saved nothing.',
    legend: [
      { name: 'sent', swatch: 'main' },
      { name: 'saved by deduplication', swatch: 'saved' },
    ],
    draw:
      sums.arrivedBytes > 0
        ? (width) =>
            drawDays({
              days: listDays(data.period),
              width,
              label: 'data',
              format: formatBytes,
              series: [
                {
                  name: 'sent',
                  fill: paint.main,
                  values: listDayValues(data, ({ arrivedBytes }) => arrivedBytes),
                },
                {
                  name: 'saved',
                  fill: paint.saved,
                  values: listDayValues(data, ({ savedBytes }) => savedBytes),
                },
              ],
            })
        : undefined,
    columns: [
      { name: 'day', title: 'Day' },
      bytesColumn('arrived_bytes', 'Sent'),
      countColumn('duplicates', 'Uploads avoided'),
      bytesColumn('saved_bytes', 'Saved'),
    ],
    rows: data.days.map((row) => [row.day, row.arrivedBytes, row.duplicates, row.savedBytes]),
    sql: data.queries.days,
  }
}
