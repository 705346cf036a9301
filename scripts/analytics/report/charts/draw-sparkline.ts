import * as Plot from '@observablehq/plot'
import { drawPlot } from './draw-plot.ts'

/** A sparkline below a headline number. It has no axes and is hidden from screen readers, because the section's chart has both. */
export function drawSparkline(values: (number | undefined)[]): Element {
  const points = values.map((value, index) => ({ index, value: value ?? Number.NaN }))
  const svg = drawPlot({
    width: 160,
    height: 32,
    marginTop: 3,
    marginRight: 3,
    marginBottom: 3,
    marginLeft: 3,
    axis: null,
    y: { domain: [0, Math.max(1e-9, ...values.map((value) => value ?? 0))] },
    marks: [
      Plot.areaY(points, { x: 'index', y: 'value', fill: 'var(--series-1)', fillOpacity: 0.14 }),
      Plot.lineY(points, { x: 'index', y: 'value', stroke: 'var(--series-1)', strokeWidth: 1.75 }),
    ],
  })
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('preserveAspectRatio', 'none')
  return svg
}
