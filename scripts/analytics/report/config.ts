import { type Static, Type } from 'typebox'
import { connectionSettings } from '../../../core/config/connection-settings.ts'
import { readConfig } from '../../../core/config/read-config.ts'

const { AWS_REGION, LOG_LEVEL } = connectionSettings

export const reportSettings = Type.Object({
  AWS_REGION,
  REPORT_ENV: Type.String({
    pattern: '^[a-z][a-z0-9]{1,7}$',
    mustBe: 'the name of an environment, such as prod',
    description: 'Environment whose warehouse is read: the workgroup `hashgate-‹env›`.',
  }),
  REPORT_DAYS: Type.Integer({
    minimum: 1,
    maximum: 92,
    default: 7,
    description: 'Whole days (UTC) of a report, the last of which is the day before the scheduled time.',
  }),
  REPORT_BUCKET: Type.String({ minLength: 3, description: 'Bucket for the reports, below `reports/`.' }),
  REPORT_TOPIC_ARN: Type.String({
    pattern: '^arn:[^:]+:sns:[^:]+:\\d+:.+$',
    mustBe: 'the ARN of an SNS topic',
    description: 'SNS topic that announces each report.',
  }),
  REPORT_VIEWER_ROLE_ARN: Type.String({
    pattern: '^arn:[^:]+:iam::\\d+:role/.+$',
    mustBe: 'the ARN of an IAM role',
    description: 'Role that is assumed for the queries: that of analysts, who may only read the views.',
  }),
  LOG_LEVEL,
})

export type ReportConfig = Static<typeof reportSettings>

/** @throws ConfigError that names every missing or invalid setting */
export const readReportConfig = (environment: NodeJS.ProcessEnv = process.env): ReportConfig =>
  readConfig(reportSettings, environment)
