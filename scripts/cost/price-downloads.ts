import { describeCount } from './price-images.ts'
import { type CostRow, priceOf, round } from './prices.ts'

export interface DownloadAssumptions {
  images: number
  /** Variant downloads per image. */
  downloads: number
  /** Average size of a variant. */
  variantBytes: number
}

const gigabyte = 1e9
const million = 1e6

/**
 * The cost of downloads by clients, without and with CloudFront. Transfers from S3 to CloudFront are free.
 * Source: "Data transfer out", Amazon CloudFront pricing.
 */
export function priceDownloads({ images, downloads, variantBytes }: DownloadAssumptions) {
  const count = images * downloads
  const requests = `${downloads} × ${describeCount(images)}`
  const transfer = `${round(variantBytes / 1e6)} MB × ${requests}`
  const gigabytes = (count * variantBytes) / gigabyte
  const fromS3: CostRow[] = [
    {
      what: 'S3, transfer to the internet',
      arithmetic: `${transfer} × $${priceOf('s3TransferGigabyte')} per GB`,
      usd: gigabytes * priceOf('s3TransferGigabyte'),
    },
    {
      what: 'S3, reads by clients',
      arithmetic: `${requests} × $${priceOf('s3ReadsPerMillion')} per M`,
      usd: (count / million) * priceOf('s3ReadsPerMillion'),
    },
  ]
  const fromCloudFront: CostRow[] = [
    {
      what: 'CloudFront, transfer to the internet',
      arithmetic: `${transfer} × $${priceOf('cloudFrontTransferGigabyte')} per GB`,
      usd: gigabytes * priceOf('cloudFrontTransferGigabyte'),
    },
    {
      what: 'CloudFront, requests',
      arithmetic: `${requests} × $${priceOf('cloudFrontRequestsPerTenThousand')} per 10,000`,
      usd: (count / 10_000) * priceOf('cloudFrontRequestsPerTenThousand'),
    },
    {
      what: 'S3, reads by CloudFront, if it has nothing in its caches',
      arithmetic: `${requests} × $${priceOf('s3ReadsPerMillion')} per M`,
      usd: (count / million) * priceOf('s3ReadsPerMillion'),
    },
  ]
  return { fromS3, fromCloudFront }
}
