import {
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino'

export type { Logger }

const text = String.raw`"(?:[^"\\\\]|\\\\.)*"`
/** Fields that contain a presigned URL. Presigned URLs and credentials must never appear in logs. */
const urlField = new RegExp(`("url":)${text}`, 'g')
/**
 * Secrets anywhere else in a line, including messages and stacks: URL signatures, also in a URL that is a parameter of another,
 * bearer tokens, API keys and secrets of webhooks.
 */
const signature =
  /(X-Amz-(?:Signature|Credential|Security-Token)(?:=|%(?:25)*3D)|\bBearer |\bhg_[0-9a-f]{12}_|\bhgr_|\bwhsec_)[^&"'\\\s]{8,}/gi
/** A JWT, signed or encrypted. Its header is JSON, and `{"` in base64url is `eyJ`. */
const token = /(?<![\w-])(eyJ)[\w-]+(?:\.[\w-]*){2,4}/g
/** The password of a URL such as `redis://user:password@host`. */
const password = /(:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/g
const keyHeader = new RegExp(
  `("(?:authorization|x-api-key|cookie)"[:,])(?:${text}|\\[(?:${text},?)*\\])`,
  'gi',
)

/** Each match of these expressions contains one of these. Looking for them first spares most lines the expressions. */
const hints = [
  'x-amz-',
  'bearer ',
  'hg_',
  'hgr_',
  'whsec_',
  'eyj',
  '://',
  '"url":',
  'authorization',
  'x-api-key',
  'cookie',
]

function censor(line: string): string {
  const lowerCase = line.toLowerCase()
  if (!hints.some((hint) => lowerCase.includes(hint))) return line
  return line
    .replace(urlField, '$1"[redacted]"')
    .replace(signature, '$1[redacted]')
    .replace(token, '$1[redacted]')
    .replace(password, '$1[redacted]')
    .replace(keyHeader, '$1"[redacted]"')
}

/**
 * Creates a logger that writes JSON lines. Fixed fields: service, operation, tenant, imageId, requestId, durationMs, code.
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
    hooks: { streamWrite: censor },
  }
  return destination ? pino(options, destination) : pino(options)
}
