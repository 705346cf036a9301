import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Permissions of a caller. No scope implies another. */
export const scopes = ['upload', 'read', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** A stored API key, without its secret. */
export interface ApiKey {
  /** The public part, 12 hex digits, used in logs and for revoking. */
  keyId: string
  /** SHA-256 of the secret, hex. The secret has 192 random bits, so no slow hash is needed. */
  secretHash: string
  tenant: string
  scopes: Scope[]
  requestsPerMinute: number
  /** A note on who or what uses the key. */
  label?: string
  /** RFC 3339, UTC, like the other times. */
  createdAt: string
  expiresAt?: string
  revokedAt?: string
  firstUsedAt?: string
}

/** The parts of a key that a client sends. */
export interface PresentedKey {
  keyId: string
  secret: string
}

const keyForm = /^hg_([0-9a-f]{12})_([0-9a-f]{48})$/

/** Generates a key. `text` is `hg_‹id›_‹secret›`, to be displayed once; only the hash of the secret is stored. */
export function generateKey(): { keyId: string; secretHash: string; text: string } {
  const keyId = randomBytes(6).toString('hex')
  const secret = randomBytes(24).toString('hex')
  return { keyId, secretHash: hashSecret(secret), text: `hg_${keyId}_${secret}` }
}

/** Parses a key. Returns undefined when the text does not have the form of one. */
export function parseKey(text: string): PresentedKey | undefined {
  const [, keyId, secret] = keyForm.exec(text) ?? []
  return keyId && secret ? { keyId, secret } : undefined
}

/** Compares in constant time. */
export function hasSecret({ secretHash }: Pick<ApiKey, 'secretHash'>, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(secretHash))
}

function hashSecret(secret: string): string {
  return hash('sha256', secret)
}
