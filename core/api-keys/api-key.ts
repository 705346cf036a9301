import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a caller may do. Scopes do not include one another. */
export const scopes = ['upload', 'read', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** One API key as it is stored: all but its secret. */
export interface ApiKey {
  /** The public part, for logs and for revoking: 12 hex digits. */
  keyId: string
  /** SHA-256 of the secret, hex. A secret of 192 random bits cannot be guessed, so no slow hash is needed. */
  secretHash: string
  tenant: string
  scopes: Scope[]
  requestsPerMinute: number
  /** For people: who or what uses it. */
  label?: string
  /** RFC 3339, UTC, as all moments here. */
  createdAt: string
  expiresAt?: string
  revokedAt?: string
  firstUsedAt?: string
}

/** The two parts of what a client sends. */
export interface PresentedKey {
  keyId: string
  secret: string
}

const keyForm = /^hg_([0-9a-f]{12})_([0-9a-f]{48})$/

/** Made once, shown once: `text` is `hg_‹id›_‹secret›`, and only the hash of the secret is kept. */
export function generateKey(): { keyId: string; secretHash: string; text: string } {
  const keyId = randomBytes(6).toString('hex')
  const secret = randomBytes(24).toString('hex')
  return { keyId, secretHash: hashSecret(secret), text: `hg_${keyId}_${secret}` }
}

/** The parts of a key, or undefined when the text cannot be one. */
export function parseKey(text: string): PresentedKey | undefined {
  const [, keyId, secret] = keyForm.exec(text) ?? []
  return keyId && secret ? { keyId, secret } : undefined
}

/** Takes the same time wherever the two differ. */
export function hasSecret({ secretHash }: Pick<ApiKey, 'secretHash'>, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(secretHash))
}

function hashSecret(secret: string): string {
  return hash('sha256', secret)
}
