import { type Static, Type } from 'typebox'
import { ConfigError } from '../core/config/config-error.ts'
import { connectionSettings, readConfig, readTogether } from '../core/config/read-config.ts'
import { readVariants } from '../core/images/read-variants.ts'
import type { VariantSpec } from '../core/images/variants.ts'

const settings = Type.Object({
  ...connectionSettings,
  /** Larger objects are rejected before they are read. */
  MAX_UPLOAD_BYTES: Type.Integer({ minimum: 1, default: 52_428_800 }),
  /** Width × height of one page. More are rejected before a pixel is decoded; so it is with the limits that follow. */
  MAX_INPUT_PIXELS: Type.Integer({ minimum: 1, default: 100_000_000 }),
  /** Width × height × pages, of an image that has several. */
  MAX_ANIMATED_PIXELS: Type.Integer({ minimum: 1, default: 100_000_000 }),
  MAX_SIDE_PIXELS: Type.Integer({ minimum: 1, default: 65_535 }),
  /** Frames of an animation, or pages of a TIFF. */
  MAX_PAGES: Type.Integer({ minimum: 1, default: 1_000 }),
  /** Memory for one image that its format does not let be decoded row by row, by estimate (`estimate-decode-bytes.ts`). */
  MAX_DECODE_BYTES: Type.Integer({ minimum: 1, default: 640_000_000 }),
  MAX_BITS_PER_CHANNEL: Type.Integer({ minimum: 8, maximum: 16, default: 16 }),
  /** Accepted ones in libvips' words, separated by commas. */
  COLOR_SPACES: Type.String({ pattern: '^[a-z0-9-]+(,[a-z0-9-]+)*$', default: 'srgb,rgb16,b-w,grey16,cmyk' }),
  /** How long an image belongs to the worker that claimed it: well above the longest that one image can take. */
  LEASE_SECONDS: Type.Integer({ minimum: 1, default: 120 }),
  /** Longest time for one image, from its claim to its stored variants. At most three quarters of the lease, whatever is set. */
  IMAGE_TIMEOUT_SECONDS: Type.Integer({ minimum: 1, default: 60 }),
  /** Longest time for one decode. An image must have as much, or none could ever be rejected for it. */
  DECODE_TIMEOUT_SECONDS: Type.Integer({ minimum: 1, maximum: 3600, default: 30 }),
  /** Whole pictures in decoders and in AVIF's and animations' encoders at one time, in megabytes. A larger one is alone. */
  DECODE_MEMORY_MB: Type.Integer({ minimum: 1, default: 140 }),
  /** Images that one process works on at the same time, over all its triggers. */
  IMAGES_IN_FLIGHT: Type.Integer({ minimum: 1, maximum: 64, default: 2 }),
  /** Starts, of which none came to an end, after which an image is given up as `processing_failed`. */
  MAX_ATTEMPTS: Type.Integer({ minimum: 1, default: 5 }),
  /** Longest time to wait for Kafka's acknowledgement of one event. */
  PUBLISH_TIMEOUT_SECONDS: Type.Integer({ minimum: 1, default: 5 }),
  /** Where the worker receives S3 notifications. Lambda has no use for it. */
  HOST: Type.String({ default: '127.0.0.1' }),
  /** 0 picks a free port. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
  KAFKA_GROUP_ID: Type.String({ minLength: 1, default: 'hashgate-processor' }),
  /** Events of one partition that the worker takes together, at most. */
  KAFKA_BATCH_SIZE: Type.Integer({ minimum: 1, maximum: 10_000, default: 10 }),
  /** Tries of a Kafka record in one process after which an unexpected error ends in the dead letters. */
  DEAD_LETTER_AFTER_TRIES: Type.Integer({ minimum: 1, default: 5 }),
  /** Whether Lambda's Kafka event source has `FunctionResponseTypes: [ReportBatchItemFailures]`. Never true without. */
  REPORT_BATCH_ITEM_FAILURES: Type.Boolean({ default: false }),
  /** Of Lambda's metrics in CloudWatch. One for each environment, or those of one account run together. */
  METRICS_NAMESPACE: Type.String({ minLength: 1, maxLength: 255, default: 'hashgate' }),
  /** Between two runs of the worker's reconciler; 0: never. Lambda has a schedule instead. */
  RECONCILE_INTERVAL_SECONDS: Type.Integer({ minimum: 0, maximum: 86_400, default: 60 }),
  /** Whether a record may say where a photo was taken. */
  KEEP_LOCATION: Type.Boolean({ default: false }),
})

/** `variants` is what the setting `VARIANTS` stands for: a table as JSON, or the path of a file with it. */
export type ProcessorConfig = Static<typeof settings> & { variants: readonly VariantSpec[] }

/** @param overrides settings that stand above the environment's. @throws Error that names every setting at fault */
export function readProcessorConfig(overrides: NodeJS.ProcessEnv = {}): ProcessorConfig {
  const environment = { ...process.env, ...overrides }
  const [config, variants] = readTogether(
    () => checkTimes(readConfig(settings, environment)),
    () => readVariants(environment.VARIANTS),
  )
  return { ...config, variants }
}

/** An image is given back at the end of its own time; only what a decode has had of it can reject the image. */
function checkTimes(config: Static<typeof settings>): Static<typeof settings> {
  const { DECODE_TIMEOUT_SECONDS, IMAGE_TIMEOUT_SECONDS, LEASE_SECONDS } = config
  const faults: string[] = []
  if (DECODE_TIMEOUT_SECONDS > IMAGE_TIMEOUT_SECONDS) faults.push('IMAGE_TIMEOUT_SECONDS')
  if (DECODE_TIMEOUT_SECONDS > LEASE_SECONDS * 0.75) faults.push('three quarters of LEASE_SECONDS')
  if (faults.length === 0) return config
  throw new ConfigError(`DECODE_TIMEOUT_SECONDS must be <= ${faults.join(', and <= ')}.`)
}
