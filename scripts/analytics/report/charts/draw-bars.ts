import * as Plot from '@observablehq/plot'
import { drawPlot, paint } from './draw-plot.ts'

interface Options {
  bars: { name: string; value: number; text: string }[]
  fill?: string
  width: number
}

/** Horizontal bars, longest first, with the name on the left and the value on the right. */
export function drawBars({ bars, fill = paint.main, width }: Options): Element {
  const marginLeft = Math.min(190, Math.round(width * 0.36))
  return drawPlot({
    width,
    height: bars.length * 30 + 12,
    marginTop: 4,
    marginBottom: 8,
    marginLeft,
    marginRight: 118,
    x: { axis: null, domain: [0, Math.max(1, ...bars.map(({ value }) => value))] },
    y: { domain: bars.map(({ name }) => name), padding: 0.3, label: null },
    marks: [
      Plot.axisY({
        tickSize: 0,
        lineWidth: marginLeft / 13,
        textOverflow: 'ellipsis-end',
        label: null,
      }),
      Plot.barX(bars, { x: 'value', y: 'name', fill, title: ({ name, text }) => `${name}: ${text}` }),
      Plot.text(bars, {
        x: 'value',
        y: 'name',
        text: 'text',
        textAnchor: 'start',
        dx: 6,
        fontVariant: 'tabular-nums',
      }),
      Plot.ruleX([0], { stroke: 'var(--axis)' }),
    ],
  })
}
