import { type CostRow, priceOf, round } from './prices.ts'

interface CompactionAssumptions {
  images: number
  retentionDays: number
  compactionMemoryMiB: number
}

/** Manifests that one LIST request returns. Source: "ListObjectsV2", Amazon S3 API Reference. */
const manifestsPerList = 1_000
/** An assumption, not measured on AWS. The requests of a day are sequential. */
const secondsPerList = 0.08
/**
 * Seconds for reading a million manifests once, and for rewriting their day in each hour in which images arrive or expire. Measured on one
 * core of an Intel Xeon with 70,000 rows: 84 and 64 microseconds per row, with 64 concurrent reads of 15 ms.
 */
const otherSecondsPerMillion = 1_900
/** Seconds of a run without work, including the cold start. An assumption, not measured on AWS. */
const idleSeconds = 2

/** Days with manifests: those of the retention, and the one that is expiring. */
const daysOf = (retentionDays: number) => retentionDays + 1

/** The cost of the hourly compaction for these images. It reads each manifest once, and lists all of them in each run. */
export function priceCompaction(assumptions: CompactionAssumptions, count: string): CostRow[] {
  const { images, retentionDays, compactionMemoryMiB } = assumptions
  const runs = daysOf(retentionDays) * 24
  const memory = compactionMemoryMiB / 1_024
  const millions = images / 1e6
  const secondsPerMillion = ((runs * 1e6) / manifestsPerList) * secondsPerList + otherSecondsPerMillion
  return [
    {
      what: 'compaction, reads of manifests',
      arithmetic: `1 × ${count} × $${priceOf('s3ReadsPerMillion')} per M`,
      usd: millions * priceOf('s3ReadsPerMillion'),
    },
    {
      what: 'compaction, lists of manifests',
      arithmetic: `${runs} runs × ${count} / ${manifestsPerList.toLocaleString('en-US')} × $${priceOf('s3WritesPerMillion')} per M`,
      usd: ((runs * millions) / manifestsPerList) * priceOf('s3WritesPerMillion'),
    },
    {
      what: 'compaction, Lambda',
      arithmetic: `${secondsPerMillion.toLocaleString('en-US')} s per M × ${round(memory)} GB × ${count} × $${priceOf('lambdaGigabyteSecond')}`,
      usd: secondsPerMillion * memory * millions * priceOf('lambdaGigabyteSecond'),
    },
  ]
}

/** The cost of the runs of a month without images. @param runs number of runs in the month */
export function priceIdleCompaction(
  { retentionDays, compactionMemoryMiB }: Omit<CompactionAssumptions, 'images'>,
  runs: number,
): CostRow {
  const memory = compactionMemoryMiB / 1_024
  const days = daysOf(retentionDays)
  // Two lists find the days, and each day has one list of its manifests and one of its Parquet files.
  const lists = 2 + 2 * days
  const requests = (lists * priceOf('s3WritesPerMillion') + days * priceOf('s3ReadsPerMillion')) / 1e6
  const perRun = requests + idleSeconds * memory * priceOf('lambdaGigabyteSecond')
  return {
    what: 'compaction, without images',
    arithmetic: `${runs} runs × (${lists} lists × $${priceOf('s3WritesPerMillion')} per M, ${days} reads × $${priceOf('s3ReadsPerMillion')} per M, and ${idleSeconds} s × ${round(memory)} GB × $${priceOf('lambdaGigabyteSecond')})`,
    usd: runs * perRun,
  }
}
