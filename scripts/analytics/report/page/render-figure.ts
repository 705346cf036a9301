import { Html, html } from './html.ts'
import type { Cell, Column, Section } from './sections/section.ts'

/** Widths for which each chart is drawn; a media query of the page shows one of them, so that text keeps its size on phones. */
const widths = { wide: 760, narrow: 344 }

/** A section with its chart, legend, data table and query. */
export function renderFigure(section: Section): Html {
  const { name, title, summary, legend, isHalf, draw, columns, rows, sql } = section
  return html`
<section class="figure${isHalf && ' half'}" aria-labelledby="${name}">
<h2 id="${name}">${title}</h2>
<p>${summary}</p>
${
  draw && [
    legend &&
      html`<ul class="legend" aria-hidden="true">${legend.map(({ name, swatch }) => html`<li>${renderSwatch(swatch)}${name}</li>`)}</ul>`,
    isHalf
      ? renderChart(section, draw, 'narrow', false)
      : [renderChart(section, draw, 'wide', true), renderChart(section, draw, 'narrow', true)],
  ]
}
${rows.length > 0 && html`<details><summary>Data</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}: data">${renderTable(title, columns, rows)}</div></details>`}
<details><summary>Query</summary><pre tabindex="0" aria-label="${title}: query"><code>${sql}</code></pre></details>
</section>`
}

function renderChart(
  { name, title, summary }: Section,
  draw: (width: number) => Element,
  size: 'wide' | 'narrow',
  isOneOfTwo: boolean,
): Html {
  const svg = draw(widths[size])
  const id = `${name}-${size}`
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-desc`)
  if (isOneOfTwo) svg.classList.add(size)
  const described = html`<title id="${id}-title">${title}</title><desc id="${id}-desc">${summary}</desc>`
  return new Html(svg.outerHTML.replace(/^<svg[^>]*>/, (start) => start + described.markup))
}

function renderTable(caption: string, columns: Column[], rows: Cell[][]): Html {
  return html`<table><caption>${caption}</caption>
<thead><tr>${columns.map(({ title, format }) => html`<th scope="col"${format && html` class="number"`}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((value, index) => renderCell(value, index, columns[index]))}</tr>\n`)}</tbody></table>`
}

function renderCell(value: Cell, index: number, column: Column | undefined): Html {
  if (index === 0) return html`<th scope="row">${value}</th>`
  const text = typeof value === 'number' && column?.format ? column.format(value) : (value ?? '–')
  return html`<td class="number">${text}</td>`
}

function renderSwatch(swatch: string): Html {
  return /^p\d/.test(swatch)
    ? html`<svg width="28" height="10" aria-hidden="true"><line class="${swatch}" x1="0" y1="5" x2="28" y2="5"/></svg>`
    : html`<svg width="14" height="14" aria-hidden="true"><rect class="${swatch}" width="14" height="14" rx="2"/></svg>`
}
