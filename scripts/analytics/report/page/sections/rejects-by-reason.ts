import { drawBars } from '../../charts/draw-bars.ts'
import { paint } from '../../charts/draw-plot.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatCount, formatImages, formatShare, pastOfBe } from '../../format.ts'
import { ratio, sumImages } from '../sum-days.ts'
import { countColumn, type Section } from './section.ts'

/** Why images were rejected. */
export function createRejectsByReason({ rejects, queries }: ReportData): Section {
  const total = sumImages(rejects)
  const [first] = rejects
  return {
    name: 'rejects-by-reason',
    title: 'Rejected images by reason',
    summary: first
      ? `${formatImages(total)} ${pastOfBe(total)} rejected. The most frequent reason was “${nameReason(first.reason)}”, with ${formatShare(ratio(first.images, total))}.`
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
    columns: [{ name: 'reason', title: 'Reason' }, countColumn('images', 'Images')],
    rows: rejects.map(({ reason, images }) => [reason, images]),
    sql: queries.rejects,
  }
}

/** `image_corrupt`, as words. */
const nameReason = (reason: string) => reason.replaceAll('_', ' ')
