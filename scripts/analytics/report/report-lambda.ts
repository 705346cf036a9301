import { RedshiftDataClient } from '@aws-sdk/client-redshift-data'
import { S3Client } from '@aws-sdk/client-s3'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { STSClient } from '@aws-sdk/client-sts'
import type { Context } from 'aws-lambda'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { openRedshift } from '../warehouse/open-redshift.ts'
import { readReportConfig } from './config.ts'
import { periodBefore } from './data/period.ts'
import { assumeRole } from './delivery/assume-role.ts'
import type { Mail } from './delivery/compose-mail.ts'
import { type Delivered, deliverReport } from './delivery/deliver-report.ts'

const config = readReportConfig()
const { AWS_REGION: region, REPORT_ENV: env, REPORT_BUCKET: bucket, REPORT_TOPIC_ARN: TopicArn } = config
const logger = createLogger('report', config.LOG_LEVEL)

/** Throttled requests are retried for about a minute in all. A request that hangs is aborted and retried. */
const options = {
  region,
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
}
const sts = new STSClient(options)
const redshiftData = new RedshiftDataClient({
  ...options,
  credentials: () => assumeRole(sts, config.REPORT_VIEWER_ROLE_ARN, 'report'),
})
// Path-style addresses work with any endpoint.
const s3 = new S3Client({ ...options, forcePathStyle: true })
const sns = new SNSClient(options)

const pollMs = 500
/** Reserved at the end of a call for cancelling a statement, or for writing and mailing the report. */
const reserveMs = 90_000

/**
 * The AWS Lambda handler that writes and announces a report. EventBridge Scheduler calls it with
 * `{ "time": "<aws.scheduler.scheduled-time>" }`; the report covers the whole days before that time. When it throws, Lambda retries.
 */
export async function handler(
  { time }: { time?: string },
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<Delivered> {
  const now = new Date()
  const period = periodBefore(time ?? '', config.REPORT_DAYS, now)
  const limitMs = Math.max(context.getRemainingTimeInMillis() - reserveMs, 1_000)
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const reason = `The warehouse of ${env} did not answer all queries within ${Math.round(limitMs / 1_000)} s.`
    controller.abort(new Error(`${reason} The statement was cancelled. Lambda tries again.`))
  }, limitMs)
  try {
    const { signal } = controller
    const source = openRedshift({ env, aws: { redshiftData }, pollMs, close: () => {}, signal })
    const delivered = await deliverReport(period, { source, env, now, s3, region, bucket, publish })
    logger.info({ operation: 'report', ...period, ...delivered, durationMs: Date.now() - now.getTime() })
    return delivered
  } finally {
    clearTimeout(timer)
  }
}

async function publish({ subject, text }: Mail): Promise<string | undefined> {
  const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: text }))
  return MessageId
}
