import { drawBars } from '../charts/draw-bars.ts'
import { drawDays } from '../charts/draw-days.ts'
import { drawLatency, latencyLines } from '../charts/draw-latency.ts'
import { paint } from '../charts/draw-plot.ts'
import { addDays, listDays } from '../data/period.ts'
import { retentionDays, topTenants } from '../data/queries.ts'
import type { DayRow, ReportData } from '../data/read-report.ts'
import {
  formatBytes,
  formatCount,
  formatDay,
  formatDecimal,
  formatImages,
  formatSeconds,
  formatShare,
} from '../format.ts'
import { ratio, savedShare, sumDays } from './headlines.ts'

export type Cell = string | number | undefined

export interface Column {
  /** Name in CSV files. */
  name: string
  title: string
  /** Default: the value as it is. Columns with a format are aligned right. */
  format?: (value: number) => string
}

export interface Section {
  /** Name of its CSV file, and of its elements. */
  name: string
  title: string
  /** What the chart shows, in a sentence with its most important numbers. */
  summary: string
  legend?: { name: string; swatch: 'main' | 'second' | 'saved' | 'rest' | 'p50' | 'p90' | 'p99' }[]
  /** Takes half of the width. */
  isHalf?: boolean
  /** Absent: there is nothing to draw. */
  draw?: (width: number) => Element
  columns: Column[]
  rows: Cell[][]
  sql: string
}

/** The charts of a report, in the order of the page. */
export function createSections(data: ReportData): Section[] {
  const sections = [uploads(data), savings(data), rejects(data), latency(data), formats(data), cameras(data)]
  return [...sections, ...(data.tenant === undefined ? [tenants(data)] : []), retention(data)]
}

/** `image_corrupt`, as words. */
const nameReason = (reason: string) => reason.replaceAll('_', ' ')

const count = (name: string, title: string): Column => ({ name, title, format: formatCount })
const bytes = (name: string, title: string): Column => ({ name, title, format: formatBytes })

function uploads(data: ReportData): Section {
  const { days, valuesOf } = perDay(data)
  const { arrived, ready, rejected, requested } = sumDays(data.days)
  const missing = requested - arrived
  const busiest = [...data.days].sort((a, b) => b.ready + b.rejected - (a.ready + a.rejected))[0]
  return {
    name: 'uploads-by-day',
    title: 'Uploads by day',
    summary:
      arrived > 0 && busiest
        ? `${formatCount(ready)} images became ready and ${formatCount(rejected)} were rejected. The busiest day was ${formatDay(busiest.day)}, with ${formatCount(busiest.ready + busiest.rejected)}.${missing > 0 ? ` ${formatImages(missing)} had an upload URL but no completed upload.` : ''}`
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
              days,
              width,
              label: 'images',
              format: formatCount,
              series: [
                { name: 'ready', fill: paint.main, values: valuesOf(({ ready }) => ready) },
                { name: 'rejected', fill: paint.second, values: valuesOf(({ rejected }) => rejected) },
                { name: 'not uploaded', fill: paint.rest, values: valuesOf(notUploaded) },
              ],
            })
        : undefined,
    columns: [
      { name: 'day', title: 'Day' },
      count('requested', 'Requested'),
      count('ready', 'Ready'),
      count('rejected', 'Rejected'),
    ],
    rows: data.days.map((row) => [row.day, row.requested, row.ready, row.rejected]),
    sql: data.queries.days,
  }
}

const notUploaded = ({ requested, ready, rejected }: DayRow) => requested - ready - rejected

function savings(data: ReportData): Section {
  const { days, valuesOf } = perDay(data)
  const sums = sumDays(data.days)
  return {
    name: 'savings-by-day',
    title: 'Data sent and saved',
    summary:
      sums.savedBytes > 0
        ? `Clients sent ${formatBytes(sums.arrivedBytes)}. ${formatCount(sums.duplicates)} further requests were for images that were already there, which saved ${formatBytes(sums.savedBytes)}, ${formatShare(savedShare(sums))} of the data. Savings count on the day of an image's first request.`
        : 'No image was requested twice in this period, so deduplication saved nothing.',
    legend: [
      { name: 'sent', swatch: 'main' },
      { name: 'saved by deduplication', swatch: 'saved' },
    ],
    draw:
      sums.arrivedBytes > 0
        ? (width) =>
            drawDays({
              days,
              width,
              label: 'data',
              format: formatBytes,
              series: [
                { name: 'sent', fill: paint.main, values: valuesOf(({ arrivedBytes }) => arrivedBytes) },
                { name: 'saved', fill: paint.saved, values: valuesOf(({ savedBytes }) => savedBytes) },
              ],
            })
        : undefined,
    columns: [
      { name: 'day', title: 'Day' },
      bytes('arrived_bytes', 'Sent'),
      count('duplicates', 'Uploads avoided'),
      bytes('saved_bytes', 'Saved'),
    ],
    rows: data.days.map((row) => [row.day, row.arrivedBytes, row.duplicates, row.savedBytes]),
    sql: data.queries.days,
  }
}

function rejects({ rejects, queries }: ReportData): Section {
  const total = sum(rejects)
  const [first] = rejects
  return {
    name: 'rejects-by-reason',
    title: 'Rejected images by reason',
    summary: first
      ? `${formatImages(total)} ${total === 1 ? 'was' : 'were'} rejected. The most frequent reason was “${nameReason(first.reason)}”, with ${formatShare(ratio(first.images, total))}.`
      : 'No image was rejected in this period.',
    draw:
      total > 0
        ? (width) =>
            drawBars({
              width,
              fill: paint.second,
              bars: rejects.map(({ reason, images }) => ({
                name: nameReason(reason),
                value: images,
                text: `${formatCount(images)} (${formatShare(ratio(images, total))})`,
              })),
            })
        : undefined,
    columns: [{ name: 'reason', title: 'Reason' }, count('images', 'Images')],
    rows: rejects.map(({ reason, images }) => [reason, images]),
    sql: queries.rejects,
  }
}

function latency({ period, latency, latencyByHour, queries }: ReportData): Section {
  const slowest = [...latencyByHour].sort((a, b) => (b.p99Seconds ?? 0) - (a.p99Seconds ?? 0))[0]
  return {
    name: 'latency-by-hour',
    title: 'Processing time by hour',
    summary:
      latency.images > 0 && slowest
        ? `Half of the images were processed within ${formatSeconds(latency.p50Seconds)}, 90% within ${formatSeconds(latency.p90Seconds)} and 99% within ${formatSeconds(latency.p99Seconds)}, retries included. The slowest hour was ${formatDay(slowest.hour.slice(0, 10))}, ${slowest.hour.slice(11)}:00. Hours in UTC, by upload request.`
        : 'No image was processed in this period.',
    legend: latencyLines
      .map(({ name }) => ({ name: { p50: 'p50 (median)', p90: 'p90', p99: 'p99' }[name], swatch: name }))
      .toReversed(),
    draw:
      latencyByHour.length > 0 ? (width) => drawLatency({ period, hours: latencyByHour, width }) : undefined,
    columns: [
      { name: 'hour', title: 'Hour' },
      count('images', 'Images'),
      { name: 'p50_seconds', title: 'p50', format: formatSeconds },
      { name: 'p90_seconds', title: 'p90', format: formatSeconds },
      { name: 'p99_seconds', title: 'p99', format: formatSeconds },
    ],
    rows: latencyByHour.map((row) => [
      `${row.hour}:00`,
      row.images,
      row.p50Seconds,
      row.p90Seconds,
      row.p99Seconds,
    ]),
    sql: queries.latencyByHour,
  }
}

function formats({ formats, queries }: ReportData): Section {
  const total = sum(formats)
  const [first] = formats
  return {
    name: 'formats',
    title: 'Formats',
    isHalf: true,
    summary: first
      ? `${formatShare(ratio(first.images, total))} of the ready images are ${first.format}.`
      : 'No image became ready in this period.',
    draw: first
      ? (width) =>
          drawBars({
            width,
            bars: formats.map(({ format, images }) => ({
              name: format,
              value: images,
              text: `${formatCount(images)} (${formatShare(ratio(images, total))})`,
            })),
          })
      : undefined,
    columns: [
      { name: 'format', title: 'Format' },
      count('images', 'Images'),
      bytes('bytes', 'Data'),
      { name: 'mean_megapixels', title: 'Mean megapixels', format: formatDecimal },
    ],
    rows: formats.map((row) => [row.format, row.images, row.bytes, row.meanMegapixels]),
    sql: queries.formats,
  }
}

function cameras({ cameras, formats, queries }: ReportData): Section {
  const ready = sum(formats)
  const [first] = cameras
  return {
    name: 'cameras',
    title: 'Cameras',
    isHalf: true,
    summary: first
      ? `The most frequent camera took ${formatShare(ratio(first.images, ready))} of the ready images. Images without camera data are not shown.`
      : 'No ready image of this period has camera data.',
    draw: first
      ? (width) =>
          drawBars({
            width,
            bars: cameras.map(({ camera, images }) => ({
              name: camera,
              value: images,
              text: formatCount(images),
            })),
          })
      : undefined,
    columns: [{ name: 'camera', title: 'Camera' }, count('images', 'Images')],
    rows: cameras.map(({ camera, images }) => [camera, images]),
    sql: queries.cameras,
  }
}

function tenants({ tenants, days, queries }: ReportData): Section {
  const { arrived } = sumDays(days)
  const [first] = tenants
  return {
    name: 'top-tenants',
    title: 'Top tenants',
    summary: first
      ? `${first.tenant} sent most: ${formatShare(ratio(first.images, arrived))} of the images.${tenants.length === topTenants ? ` The ${topTenants} tenants with most images are shown.` : ''}`
      : 'No tenant uploaded in this period.',
    draw:
      arrived > 0
        ? (width) =>
            drawBars({
              width,
              bars: tenants.map(({ tenant, images, arrivedBytes }) => ({
                name: tenant,
                value: images,
                text: `${formatCount(images)}, ${formatBytes(arrivedBytes)}`,
              })),
            })
        : undefined,
    columns: [
      { name: 'tenant', title: 'Tenant' },
      count('images', 'Images'),
      count('rejected', 'Rejected'),
      bytes('arrived_bytes', 'Sent'),
      bytes('saved_bytes', 'Saved'),
    ],
    rows: tenants.map((row) => [row.tenant, row.images, row.rejected, row.arrivedBytes, row.savedBytes]),
    sql: queries.tenants,
  }
}

function retention({ retention, now, queries }: ReportData): Section {
  const today = now.toISOString().slice(0, 10)
  const days = listDays({ from: today, to: addDays(today, retentionDays) })
  const found = new Map(retention.map(({ day, bytes }) => [day, bytes]))
  const total = retention.reduce((total, { bytes }) => total + bytes, 0)
  const largest = [...retention].sort((a, b) => b.bytes - a.bytes)[0]
  return {
    name: 'retention-outlook',
    title: 'Retention outlook',
    summary: largest
      ? `${formatImages(sum(retention))} with ${formatBytes(total)} of uploaded data expire within ${retentionDays} days, most of it on ${formatDay(largest.day)}. This is as of now, whatever the period; variants are not included.`
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
    columns: [{ name: 'day', title: 'Expires on' }, count('images', 'Images'), bytes('bytes', 'Data')],
    rows: retention.map(({ day, images, bytes }) => [day, images, bytes]),
    sql: queries.retention,
  }
}

function perDay({ period, days }: ReportData) {
  const all = listDays(period)
  const found = new Map(days.map((row) => [row.day, row]))
  const valuesOf = (pick: (row: DayRow) => number) =>
    all.map((day) => {
      const row = found.get(day)
      return row ? pick(row) : 0
    })
  return { days: all, valuesOf }
}

const sum = (rows: { images: number }[]) => rows.reduce((total, { images }) => total + images, 0)
