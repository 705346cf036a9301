import { type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger }

/** Presigned URLs and credentials open doors: they never reach a log. */
const secrets = [
  '*.url',
  '*.upload',
  'headers.authorization',
  '*.headers.authorization',
  '*.headers["x-api-key"]',
]

/** JSON lines on stdout. Fixed fields: service, operation, tenant, imageId, requestId, durationMs, code. */
export function createLogger(service: string, level: LevelWithSilent): Logger {
  return pino({
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets, censor: '[redacted]' },
  })
}
