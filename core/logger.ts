import {
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino'

export type { Logger }

/** Presigned URLs and credentials open doors: they never reach a log. */
const secrets = [
  '*.url',
  '*.upload',
  'headers.authorization',
  '*.headers.authorization',
  '*.headers["x-api-key"]',
]

/**
 * JSON lines. Fixed fields: service, operation, tenant, imageId, requestId, durationMs, code.
 * @param destination stdout by default
 */
export function createLogger(
  service: string,
  level: LevelWithSilent,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets, censor: '[redacted]' },
  }
  return destination ? pino(options, destination) : pino(options)
}
