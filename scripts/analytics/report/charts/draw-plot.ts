import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** Draws a plot without a browser. Colours are custom properties of the page, so one drawing serves light, dark and paper. */
export function drawPlot(options: Plot.PlotOptions): Element {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({
    document,
    className: 'plot',
    marginTop: 24,
    marginRight: 4,
    ...options,
  }) as unknown as Element
  // Plot labels its groups, which ARIA forbids for elements without a role. The chart has a title and a description.
  for (const group of svg.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label')
  // The page includes these rules once.
  svg.querySelector('style')?.remove()
  svg.setAttribute('font-size', '12')
  return svg
}

/** The series of the charts, and the pattern of each, which is distinguishable without colour. */
export const paint = {
  main: 'var(--series-1)',
  second: 'url(#stripes)',
  saved: 'url(#dots)',
  rest: 'var(--series-rest)',
}

export const gridY = () => Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1 })

/** Ticks of a value axis: few, and without lines beside the labels. */
export const axisY = (tickFormat: (value: number) => string, label: string) =>
  Plot.axisY({
    ticks: 4,
    tickSize: 0,
    tickFormat: (value: number) => tickFormat(value).replace('.0\u00a0', '\u00a0'),
    label,
    labelArrow: 'none',
    fill: 'var(--muted)',
  })
