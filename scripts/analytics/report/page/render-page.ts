import { readFileSync } from 'node:fs'
import { mark, toDataUrl } from '../../../../gateway/web/mark.ts'
import { drawSparkline } from '../charts/draw-sparkline.ts'
import type { ReportData } from '../data/read-report.ts'
import { formatBytes, formatDays, formatImages, formatMoment, formatPeriod, formatShare } from '../format.ts'
import { createHeadlines, type Headline } from './headlines.ts'
import { Html, html } from './html.ts'
import { renderFigure } from './render-figure.ts'
import type { Section } from './sections/section.ts'
import { ratio, savedShare, sumDays } from './sum-days.ts'

const style = readFileSync(new URL('report.css', import.meta.url), 'utf8')

/** Patterns that distinguish series without colour. */
const patterns = new Html(`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--series-2)"/><rect width="2" height="6" fill="var(--surface)" fill-opacity="0.75"/></pattern>
<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse"><rect width="7" height="7" fill="var(--series-3)"/><circle cx="3.5" cy="3.5" r="1.5" fill="var(--surface)"/></pattern>
</defs></svg>`)

/** Renders a report as one HTML document that loads nothing. @param source names the warehouse, such as `prod` */
export function renderPage(data: ReportData, sections: Section[], source: string): string {
  const { period, tenant, now, newest } = data
  const title = `Image report, ${formatPeriod(period)}`
  const gap = describeGap(data)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${toDataUrl(mark)}">
<style>${new Html(style)}</style>
</head>
<body>
${patterns}
<header>
<p class="product">${new Html(mark.replace('<svg ', '<svg width="28" height="28" aria-hidden="true" '))} hashgate</p>
<h1>Image report</h1>
<p class="scope">${formatPeriod(period)} · ${tenant === undefined ? 'all tenants' : html`tenant <strong>${tenant}</strong>`} · ${source}</p>
</header>
<main>
<p class="lead">${summarize(data)}</p>
${gap && html`<p class="note"><strong>Incomplete:</strong> ${gap}</p>`}
<section class="tiles" aria-label="Headline numbers">
${createHeadlines(data).map(renderHeadline)}
</section>
<p class="basis">${
    data.isComparable
      ? `Changes are against ${formatPeriod(data.preceding)}.`
      : `Changes are not shown, because records from ${formatPeriod(data.preceding)} have expired.`
  }</p>
<div class="figures">
${sections.map(renderFigure)}
</div>
</main>
<footer>
<p>Written on ${formatMoment(now)} UTC from the views in <code>deploy/analytics</code>. ${newest ? `The newest upload request in the warehouse is from ${newest} UTC. ` : ''}Days and hours are in UTC.</p>
</footer>
</body>
</html>
`.markup
}

/** A note about missing data, if any. */
export function describeGap({ isPartlyExpired, now, retentionDays }: ReportData): string | undefined {
  if (!isPartlyExpired) return undefined
  const expiredUntil = formatMoment(new Date(now.getTime() - retentionDays * 86_400_000))
  return `Records expire ${formatDays(retentionDays)} after the upload request, so images requested before ${expiredUntil} UTC are missing. With HistoryMode the warehouse keeps them.`
}

/** The first sentence of the page. */
export function summarize(data: ReportData): string {
  const sums = sumDays(data.days)
  if (sums.arrived === 0) return 'No image arrived in this period.'
  const saved =
    sums.savedBytes > 0
      ? ` Deduplication saved ${formatBytes(sums.savedBytes)}, ${formatShare(savedShare(sums))} of what clients would have sent.`
      : ''
  return `${formatImages(sums.arrived)} arrived, and ${describeRejected(sums)}.${saved}`
}

function describeRejected({ rejected, arrived }: { rejected: number; arrived: number }): string {
  if (rejected === 0) return 'none was rejected'
  return arrived === 1 ? 'it was rejected' : `${formatShare(ratio(rejected, arrived))} were rejected`
}

function renderHeadline({ name, value, note, change, series }: Headline): Html {
  return html`<div class="tile">
<p class="name">${name}</p>
<p class="value">${value}</p>
<p class="note">${note}</p>
${change && html`<p class="change ${change.tone}">${change.text}</p>`}
${series.length > 1 && new Html(drawSparkline(series).outerHTML)}
</div>
`
}
