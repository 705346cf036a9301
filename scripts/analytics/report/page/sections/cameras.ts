import { drawBars } from '../../charts/draw-bars.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatCount, formatShare } from '../../format.ts'
import { ratio, sumImages } from '../sum-days.ts'
import { countColumn, type Section } from './section.ts'

/** The cameras of the ready images. */
export function createCameras({ cameras, formats, queries }: ReportData): Section {
  const ready = sumImages(formats)
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
    columns: [{ name: 'camera', title: 'Camera' }, countColumn('images', 'Images')],
    rows: cameras.map(({ camera, images }) => [camera, images]),
    sql: queries.cameras,
  }
}
