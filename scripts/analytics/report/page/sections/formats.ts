import { drawBars } from '../../charts/draw-bars.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatCount, formatDecimal, formatShare } from '../../format.ts'
import { ratio, sumImages } from '../sum-days.ts'
import { bytesColumn, countColumn, type Section } from './section.ts'

/** The formats of the ready images. */
export function createFormats({ formats, queries }: ReportData): Section {
  const total = sumImages(formats)
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
      countColumn('images', 'Images'),
      bytesColumn('bytes', 'Data'),
      { name: 'mean_megapixels', title: 'Mean megapixels', format: formatDecimal },
    ],
    rows: formats.map((row) => [row.format, row.images, row.bytes, row.meanMegapixels]),
    sql: queries.formats,
  }
}
