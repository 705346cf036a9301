import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

export interface SigningCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** The time and the scope that a signature is valid for. */
export interface SigningScope {
  /** `20261122T100000Z` */
  amzDate: string
  /** `20261122/us-east-1/s3/aws4_request` */
  scope: string
}

export interface RequestToSign {
  method: string
  /** Percent-encoded, beginning with a slash. */
  path: string
  /** Percent-encoded and sorted by name. */
  query: string
  /** Name and value of each signed header, sorted by lower-case name. */
  headers: readonly SignedHeader[]
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  bodyHash: string
}

export type SignedHeader = readonly [name: string, value: string]

export const algorithm = 'AWS4-HMAC-SHA256'

/**
 * Signs requests with AWS Signature Version 4. Deriving the signing key takes four HMACs, but the key changes only once a day
 * and with the credentials, so the signer keeps the current one.
 *
 * Source: AWS, "Create a signed AWS API request" (IAM User Guide).
 */
export function createSigv4Signer({ region, service }: { region: string; service: string }) {
  let cachedKey: { secret: string; date: string; key: KeyObject } | undefined
  let cachedScope: { second: number; scope: SigningScope } | undefined

  /** @param nowMs epoch milliseconds */
  function scopeAt(nowMs: number): SigningScope {
    const second = Math.floor(nowMs / 1_000)
    if (cachedScope?.second !== second) {
      const amzDate = formatAmzDate(second)
      const scope = `${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`
      cachedScope = { second, scope: { amzDate, scope } }
    }
    return cachedScope.scope
  }

  /** The signature in hex. */
  function sign(secretAccessKey: string, { amzDate, scope }: SigningScope, request: RequestToSign): string {
    const text = `${algorithm}\n${amzDate}\n${scope}\n${hash('sha256', canonicalRequest(request))}`
    const key = signingKey(secretAccessKey, amzDate.slice(0, 8))
    return createHmac('sha256', key).update(text).digest('hex')
  }

  function signingKey(secret: string, date: string): KeyObject {
    if (cachedKey?.secret !== secret || cachedKey.date !== date) {
      const bytes = [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`))
      cachedKey = { secret, date, key: createSecretKey(bytes) }
    }
    return cachedKey.key
  }

  return { scopeAt, sign }
}

function canonicalRequest({ method, path, query, headers, bodyHash }: RequestToSign): string {
  let lines = `${method}\n${path}\n${query}\n`
  for (const [name, value] of headers) lines += `${name}:${value}\n`
  return `${lines}\n${signedHeaderNames(headers)}\n${bodyHash}`
}

/** `content-type;host` */
export function signedHeaderNames(headers: readonly SignedHeader[]): string {
  return headers.map(([name]) => name).join(';')
}

/** Percent-encodes everything but the unreserved characters of RFC 3986, as Signature Version 4 requires. */
export function encodeRfc3986(text: string): string {
  const encode = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, encode)
}

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()

function formatAmzDate(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1_000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
