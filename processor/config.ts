import { type Static, Type } from 'typebox'
import { connectionSettings } from '../core/config/connection-settings.ts'
import { heicSetting } from '../core/config/heic-setting.ts'
import { findNetworkErrors } from '../core/config/is-network.ts'
import { findKafkaConflicts } from '../core/config/kafka-settings.ts'
import { readConfig, readTogether } from '../core/config/read-config.ts'
import { webhookSettings } from '../core/config/webhook-settings.ts'
import { readVariants } from '../core/images/read-variants.ts'
import type { VariantSpec } from '../core/images/variants.ts'

const settings = Type.Object({
  ...connectionSettings,
  MAX_UPLOAD_BYTES: Type.Integer({
    minimum: 1,
    default: 52_428_800,
    description: 'Largest original in bytes. Larger objects are rejected before they are read.',
  }),
  MAX_INPUT_PIXELS: Type.Integer({
    minimum: 1,
    default: 100_000_000,
    description:
      'Largest width × height of one page. Images over this or any following limit are rejected before a pixel is decoded.',
  }),
  MAX_ANIMATED_PIXELS: Type.Integer({
    minimum: 1,
    default: 100_000_000,
    description:
      'Largest width × height × frames of an animation, if a variant stays animated. Otherwise only the page shown counts.',
  }),
  MAX_PAGES: Type.Integer({
    minimum: 1,
    default: 1_000,
    description:
      'Most frames of an animation, or pages of a TIFF. A longer GIF is accepted if no variant stays animated.',
  }),
  MAX_DECODE_BYTES: Type.Integer({
    minimum: 1,
    default: 640_000_000,
    description:
      'Most memory in bytes, by estimate, to decode one image whose format cannot be decoded row by row. [Estimates per format](OPERATING.md#memory).',
  }),
  LEASE_SECONDS: Type.Integer({
    minimum: 1,
    default: 120,
    description:
      'Seconds for which a worker owns an image that it claimed. Keep it well above the time that one image can take.',
  }),
  IMAGE_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    default: 60,
    description:
      'Longest time in seconds for one image, from its claim to its stored variants. A value above three quarters of `LEASE_SECONDS` is reduced to that.',
  }),
  DECODE_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 3600,
    default: 30,
    description:
      'Longest time in seconds for one decode; an image that takes longer is rejected. At most `IMAGE_TIMEOUT_SECONDS` and three quarters of `LEASE_SECONDS`.',
  }),
  DECODE_MEMORY_MB: Type.Integer({
    minimum: 1,
    default: 140,
    description:
      'Memory budget in megabytes that concurrent memory-hungry decodes and encodes share. They wait when it is used up; one that exceeds it runs alone.',
  }),
  IMAGES_IN_FLIGHT: Type.Integer({
    minimum: 1,
    maximum: 64,
    default: 2,
    description: 'Images that one process works on at the same time, over all its triggers.',
  }),
  MAX_ATTEMPTS: Type.Integer({
    minimum: 1,
    default: 5,
    description:
      'Starts without a result after which an image is rejected as `processing_failed`. Only starts that the image had alone in a working process count ([why](decisions/0039-isolate-suspects.md)).',
  }),
  PUBLISH_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    default: 5,
    description: 'Seconds to wait for Kafka to acknowledge one event.',
  }),
  HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address on which the worker receives S3 notifications. Not used on Lambda.',
  }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description:
      'Port on which the worker receives S3 notifications. 0 picks a free port. Not used on Lambda.',
  }),
  KAFKA_GROUP_ID: Type.String({
    minLength: 1,
    default: 'hashgate-processor',
    description: 'Consumer group of the worker. Not used on Lambda.',
  }),
  KAFKA_WEBHOOK_GROUP_ID: Type.String({
    minLength: 1,
    default: 'hashgate-webhooks',
    description: 'Consumer group that delivers webhooks. Not used on Lambda.',
  }),
  KAFKA_BATCH_SIZE: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 10,
    description: 'Most events of one partition that the worker handles together. Not used on Lambda.',
  }),
  DEAD_LETTER_AFTER_TRIES: Type.Integer({
    minimum: 1,
    default: 5,
    description:
      'Tries in one process after which a Kafka record that fails with an unexpected error is sent to the dead-letter topic.',
  }),
  REPORT_BATCH_ITEM_FAILURES: Type.Boolean({
    default: false,
    description:
      'Set it to `true` only if the Kafka event source on Lambda has `FunctionResponseTypes: [ReportBatchItemFailures]`. Otherwise failed records are lost.',
  }),
  METRICS_NAMESPACE: Type.String({
    minLength: 1,
    maxLength: 255,
    default: 'hashgate',
    description:
      'CloudWatch namespace of the metrics on Lambda. Use one for each environment; otherwise the metrics of one account are mixed.',
  }),
  RECONCILE_INTERVAL_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    default: 60,
    description:
      'Seconds between two runs of the reconciler in the worker. 0 turns it off. On Lambda a schedule runs it instead.',
  }),
  WEBHOOK_TIMEOUT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 60,
    default: 10,
    description: 'Longest time in seconds for one try of a webhook delivery.',
  }),
  WEBHOOK_RETRY_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 3_600,
    default: 5,
    description:
      'Longest wait in seconds before the first retry of a webhook delivery. Each further wait can be three times as long, up to six hours; each is random.',
  }),
  WEBHOOK_TRIES_IN_FLIGHT: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 100,
    description: 'Webhook requests that one process sends at the same time.',
  }),
  WEBHOOK_TRIES_PER_ENDPOINT: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 5,
    description: 'Webhook requests that one process sends to one endpoint at the same time.',
  }),
  ...heicSetting,
  ...webhookSettings,
  KEEP_LOCATION: Type.Boolean({
    default: false,
    description:
      'Keep the GPS position of a photo in its record, its manifest and the API. Events and logs never contain it.',
  }),
})

/** Every setting of the processor; `npm run config-docs` renders them to docs/CONFIGURATION.md. */
export const processorSettings = Type.Object({
  ...settings.properties,
  VARIANTS: Type.String({
    default: '',
    description:
      'Table of variants as a JSON array, or the path of a file with one. Empty: `thumb`, `medium` and `large`. [Fields](OPERATING.md#variants).',
  }),
})

/** The settings, with `VARIANTS` read into a table. */
export type ProcessorConfig = Static<typeof settings> & { variants: readonly VariantSpec[] }

/** @param overrides settings that take precedence over the environment. @throws ConfigError that names every invalid setting */
export function readProcessorConfig(overrides: NodeJS.ProcessEnv = {}): ProcessorConfig {
  const environment = { ...process.env, ...overrides }
  const [config, variants] = readTogether(
    () =>
      readConfig(settings, environment, (config) => [
        ...findKafkaConflicts(config),
        ...findTimeConflicts(config),
        ...findNetworkErrors('WEBHOOK_ALLOW_NETWORKS', config.WEBHOOK_ALLOW_NETWORKS),
      ]),
    () => readVariants(environment.VARIANTS),
  )
  return { ...config, variants }
}

/** A decode must be able to time out, which rejects the image, before the image's own time is up, which only releases it. */
function findTimeConflicts({
  DECODE_TIMEOUT_SECONDS = 0,
  IMAGE_TIMEOUT_SECONDS = Number.POSITIVE_INFINITY,
  LEASE_SECONDS = Number.POSITIVE_INFINITY,
}: Partial<Static<typeof settings>>): string[] {
  const bounds: string[] = []
  if (DECODE_TIMEOUT_SECONDS > IMAGE_TIMEOUT_SECONDS) bounds.push('IMAGE_TIMEOUT_SECONDS')
  if (DECODE_TIMEOUT_SECONDS > LEASE_SECONDS * 0.75) bounds.push('three quarters of LEASE_SECONDS')
  return bounds.length === 0
    ? []
    : [`DECODE_TIMEOUT_SECONDS must be at most ${bounds.join(' and at most ')}.`]
}
