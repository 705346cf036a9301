import * as Plot from '@observablehq/plot'
import { formatDay, formatWeekday } from '../format.ts'
import { axisY, drawPlot, gridY } from './draw-plot.ts'

interface Series {
  name: string
  fill: string
  /** One value per day. */
  values: number[]
}

interface Options {
  days: string[]
  series: Series[]
  label: string
  format: (value: number) => string
  width: number
}

/** One bar per day with the series stacked from the bottom up, and the sum above it where there is room. */
export function drawDays({ days, series, label, format, width }: Options): Element {
  const bars = series.flatMap(({ name, fill, values }) =>
    days.map((day, index) => ({ day, name, fill, value: values[index] ?? 0 })),
  )
  const sums = days.map((day, index) => ({
    day,
    sum: series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  }))
  const pixelsPerDay = (width - 60) / days.length
  const every = Math.ceil(44 / pixelsPerDay)
  const shown = days.filter((_, index) => index % every === 0)
  return drawPlot({
    width,
    height: 240,
    marginLeft: 56,
    marginBottom: 40,
    x: { type: 'band', domain: days, padding: 0.25, label: null },
    y: { domain: [0, Math.max(1, ...sums.map(({ sum }) => sum))], nice: true },
    marks: [
      gridY(),
      axisY(format, label),
      Plot.axisX({
        ticks: shown,
        tickSize: 0,
        tickFormat: (day: string) => `${formatWeekday(day)}\n${formatDay(day)}`,
        label: null,
        fill: 'var(--muted)',
      }),
      Plot.barY(
        bars.filter(({ value }) => value > 0),
        {
          x: 'day',
          y: 'value',
          fill: 'fill',
          stroke: 'var(--surface)',
          title: ({ day, name, value }) => `${formatDay(day)}: ${format(value)} ${name}`,
        },
      ),
      Plot.text(
        sums.filter(({ sum }) => sum > 0 && pixelsPerDay >= 44),
        { x: 'day', y: 'sum', text: ({ sum }) => format(sum), dy: -8, fontWeight: 600 },
      ),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  })
}
