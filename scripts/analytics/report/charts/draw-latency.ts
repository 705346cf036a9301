import * as Plot from '@observablehq/plot'
import { addDays, countDays, type Period } from '../data/period.ts'
import type { ReportData } from '../data/read-report.ts'
import { formatDay, formatSeconds } from '../format.ts'
import { axisY, drawPlot, gridY } from './draw-plot.ts'

const hourMs = 3_600_000

/** The lines differ in width and dashes too, not only in colour. */
export const latencyLines = [
  { name: 'p99', key: 'p99Seconds', stroke: 'var(--series-2)', strokeWidth: 1.5, strokeDasharray: '2 3' },
  { name: 'p90', key: 'p90Seconds', stroke: 'var(--series-3)', strokeWidth: 1.75, strokeDasharray: '7 3' },
  { name: 'p50', key: 'p50Seconds', stroke: 'var(--series-1)', strokeWidth: 2.5, strokeDasharray: 'none' },
] as const

interface Options {
  period: Period
  hours: ReportData['latencyByHour']
  width: number
}

/** Percentiles by hour. Lines are interrupted where an hour has no images. */
export function drawLatency({ period, hours, width }: Options): Element {
  const start = Date.parse(period.from)
  const end = Date.parse(addDays(period.to, 1))
  const found = new Map(hours.map((row) => [Date.parse(`${row.hour.replace(' ', 'T')}:00:00Z`), row]))
  const times = Array.from({ length: (end - start) / hourMs }, (_, index) => start + index * hourMs)
  const isAlone = (time: number) => !found.has(time - hourMs) && !found.has(time + hourMs)
  const all = hours.flatMap(({ p50Seconds, p99Seconds }) => [p50Seconds, p99Seconds]).filter(isPositive)
  const isWide = Math.max(...all) / Math.min(...all) > 30

  return drawPlot({
    width,
    height: 260,
    marginLeft: 56,
    marginRight: 14,
    marginBottom: 32,
    x: { type: 'utc', domain: [new Date(start), new Date(end)] },
    y: isWide ? { type: 'log', nice: true } : { domain: [0, Math.max(...all) * 1.05], nice: true },
    marks: [
      gridY(),
      axisY(formatSeconds, isWide ? 'seconds, logarithmic' : 'seconds'),
      Plot.axisX({
        ticks: chooseTicks(period, width),
        tickSize: 4,
        tickFormat: (time: Date) => formatTick(time, period),
        label: null,
        color: 'var(--axis)',
        fill: 'var(--muted)',
      }),
      latencyLines.flatMap(({ name, key, ...stroke }) => [
        Plot.lineY(
          times.map((time) => ({ time: new Date(time), seconds: found.get(time)?.[key] ?? Number.NaN })),
          { x: 'time', y: 'seconds', ...stroke },
        ),
        Plot.dot(
          [...found].filter(([time, row]) => isAlone(time) && row[key] !== undefined),
          {
            x: ([time]) => new Date(time),
            y: ([, row]) => row[key],
            r: name === 'p50' ? 3.5 : 4.5,
            fill: name === 'p50' ? stroke.stroke : 'none',
            stroke: stroke.stroke,
            title: ([, row]) => `${row.hour}:00: ${name} ${formatSeconds(row[key])}`,
          },
        ),
      ]),
    ],
  })
}

const isPositive = (value: number | undefined): value is number => value !== undefined && value > 0

/** Ticks at times of day if the period has one or two days, otherwise at midnights. */
function chooseTicks(period: Period, width: number): Date[] {
  const days = countDays(period)
  const stepHours = days <= 2 ? 6 * days : 24 * Math.ceil((days * 52) / width)
  const count = Math.floor((days * 24) / stepHours)
  return Array.from(
    { length: count },
    (_, index) => new Date(Date.parse(period.from) + index * stepHours * hourMs),
  )
}

function formatTick(time: Date, period: Period): string {
  const iso = time.toISOString()
  return countDays(period) <= 2 && !iso.includes('T00:') ? iso.slice(11, 16) : formatDay(iso.slice(0, 10))
}
