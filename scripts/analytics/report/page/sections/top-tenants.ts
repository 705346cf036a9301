import { drawBars } from '../../charts/draw-bars.ts'
import { topTenants } from '../../data/queries.ts'
import type { ReportData } from '../../data/read-report.ts'
import { formatBytes, formatCount, formatShare } from '../../format.ts'
import { ratio, sumDays } from '../sum-days.ts'
import { bytesColumn, countColumn, type Section } from './section.ts'

/** The tenants that sent the most images. */
export function createTopTenants({ tenants, days, queries }: ReportData): Section {
  const { arrived } = sumDays(days)
  const [first] = tenants
  return {
    name: 'top-tenants',
    title: 'Top tenants',
    summary:
      first && arrived > 0
        ? `${first.tenant} sent the most: ${formatShare(ratio(first.images, arrived))} of the images.${tenants.length === topTenants ? ` Only the ${topTenants} tenants with the most images are shown.` : ''}`
        : 'No image arrived in this period.',
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
      countColumn('images', 'Images'),
      countColumn('rejected', 'Rejected'),
      bytesColumn('arrived_bytes', 'Sent'),
      bytesColumn('saved_bytes', 'Saved'),
    ],
    rows: tenants.map((row) => [row.tenant, row.images, row.rejected, row.arrivedBytes, row.savedBytes]),
    sql: queries.tenants,
  }
}
