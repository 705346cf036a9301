import { drawDays } from '../../charts/draw-days.ts'
import { paint } from '../../charts/draw-plot.ts'
import { listDays } from '../../data/period.ts'
import type { DayRow, ReportData } from '../../data/read-report.ts'
import { formatCount, formatDay, formatImages, pastOfBe } from '../../format.ts'
import { listDayValues } from '../list-day-values.ts'
import { sumDays } from '../sum-days.ts'
import { countColumn, type Section } from './section.ts'

/** How many images became ready, were rejected, or were never uploaded, by day. */
export function createUploadsByDay(data: ReportData): Section {
  const { arrived, ready, rejected, requested } = sumDays(data.days)
  const missing = requested - arrived
  const busiest = [...data.days].sort((a, b) => b.ready + b.rejected - (a.ready + a.rejected))[0]
  return {
    name: 'uploads-by-day',
    title: 'Uploads by day',
    summary:
      arrived > 0 && busiest
        ? `${formatImages(ready)} became ready and ${formatCount(rejected)} ${pastOfBe(rejected)} rejected. The busiest day was ${formatDay(busiest.day)}, with ${formatCount(busiest.ready + busiest.rejected)}.${missing > 0 ? ` ${formatImages(missing)} had an upload URL but no completed upload.` : ''}`
        : 'No image arrived in this period.',
    legend: [
      { name: 'ready', swatch: 'main' },
      { name: 'rejected', swatch: 'second' },
      { name: 'not uploaded', swatch: 'rest' },
    ],
    draw:
      requested > 0
        ? (width) =>
            drawDays({
              days: listDays(data.period),
              width,
              label: 'images',
              format: formatCount,
              series: [
                { name: 'ready', fill: paint.main, values: listDayValues(data, ({ ready }) => ready) },
                {
                  name: 'rejected',
                  fill: paint.second,
                  values: listDayValues(data, ({ rejected }) => rejected),
                },
                { name: 'not uploaded', fill: paint.rest, values: listDayValues(data, notUploaded) },
              ],
            })
        : undefined,
    columns: [
      { name: 'day', title: 'Day' },
      countColumn('requested', 'Requested'),
      countColumn('ready', 'Ready'),
      countColumn('rejected', 'Rejected'),
    ],
    rows: data.days.map((row) => [row.day, row.requested, row.ready, row.rejected]),
    sql: data.queries.days,
  }
}

const notUploaded = ({ requested, ready, rejected }: DayRow) => requested - ready - rejected
