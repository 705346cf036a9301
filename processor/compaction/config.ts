import { type Static, Type } from 'typebox'
import { connectionSettings } from '../../core/config/connection-settings.ts'
import { readConfig } from '../../core/config/read-config.ts'

const { AWS_REGION, S3_ENDPOINT, PROCESSED_BUCKET, RETENTION_DAYS, LOG_LEVEL } = connectionSettings

/** Every setting of the compaction on Lambda; `npm run config-docs` renders them to docs/CONFIGURATION.md. */
export const compactionSettings = Type.Object({
  AWS_REGION,
  S3_ENDPOINT,
  PROCESSED_BUCKET,
  RETENTION_DAYS,
  LOG_LEVEL,
  GLUE_DATABASE: Type.String({
    minLength: 1,
    description: 'Glue database that has the table of the manifests.',
  }),
  GLUE_TABLE: Type.String({
    minLength: 1,
    default: 'manifests',
    description: 'Glue table of the manifests, partitioned by day.',
  }),
  MAX_MANIFESTS: Type.Integer({
    minimum: 1,
    default: 200_000,
    description:
      'Maximum number of manifests that one run reads; the next run continues. A run must end within the timeout of the function.',
  }),
})

export type CompactionConfig = Static<typeof compactionSettings>

/** @throws ConfigError that names every invalid setting */
export const readCompactionConfig = (): CompactionConfig => readConfig(compactionSettings, process.env)
