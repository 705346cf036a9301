import type { Period } from '../data/period.ts'
import type { ReportData } from '../data/read-report.ts'
import { formatPeriod } from '../format.ts'
import { describeGap, summarize } from '../page/render-page.ts'

export interface Mail {
  /** ASCII without line breaks, below 100 characters, as SNS requires. */
  subject: string
  text: string
}

/** The location of a report in S3. */
export interface Place {
  region: string
  bucket: string
  /** Ends with `/`. */
  prefix: string
}

/** The folder of a report: the same for the same period. */
export const nameFolder = ({ from, to }: Period): string => `reports/${from}_${to}/`

/** Composes the mail that announces a report. Its link requires a sign-in, so the mail contains no secret. */
export function composeMail(data: ReportData, env: string, place: Place): Mail {
  const { period, newest } = data
  const gap = describeGap(data)
  const freshness = newest
    ? `The newest upload request in the warehouse is from ${newest} UTC.`
    : 'The warehouse contains no images. If images were uploaded, zero-ETL has stopped: see "Alarms" in deploy/README.md.'
  const paragraphs = [
    `Image report of ${env}, ${formatPeriod(period)} (UTC)`,
    summarize(data),
    gap,
    freshness,
    `Open it in the AWS console, with the role hashgate-${env}-report-reader:\n${consoleAddress(place)}`,
    `Or copy it, with the data of each chart as CSV:\naws s3 cp --recursive s3://${place.bucket}/${place.prefix} .`,
  ]
  return {
    subject: `hashgate ${env}: image report ${period.from} to ${period.to}`,
    text: `${paragraphs.filter(Boolean).join('\n\n')}\n`.replaceAll('\u00a0', ' '),
  }
}

/** The page of the report in the S3 console, whose "Open" shows it. */
function consoleAddress({ region, bucket, prefix }: Place): string {
  const query = new URLSearchParams({ region, prefix: `${prefix}report.html` })
  return `https://${region}.console.aws.amazon.com/s3/object/${bucket}?${query}`
}
