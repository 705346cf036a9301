import t from 'tap'
import { priceDownloads } from '../../cost/price-downloads.ts'
import { total } from '../../cost/prices.ts'

const assumptions = { images: 1_000_000, downloads: 10, variantBytes: 200_000 }

t.test('the price of ten million downloads of 200 kB matches a manual calculation', async (t) => {
  const { fromS3, fromCloudFront } = priceDownloads(assumptions)
  // 2,000 GB.
  t.strictSame(
    fromS3.map(({ usd }) => Number(usd.toFixed(2))),
    [180, 4],
  )
  t.strictSame(
    fromCloudFront.map(({ usd }) => Number(usd.toFixed(2))),
    [170, 10, 4],
  )
})

t.test('CloudFront costs less for large variants, and more for small ones', async (t) => {
  const difference = (variantBytes: number) => {
    const { fromS3, fromCloudFront } = priceDownloads({ ...assumptions, variantBytes })
    return total(fromCloudFront) - total(fromS3)
  }
  t.ok(difference(1_000_000) < 0)
  t.ok(difference(10_000) > 0)
})
