import { randomBytes } from 'node:crypto'
import { topics } from '../events/image-events.ts'

/** The events that an endpoint can subscribe to: those that make a status final. */
export const webhookEvents = [topics.processed, topics.rejected] as const

export type WebhookEvent = (typeof webhookEvents)[number]

/** `failing`: at least one event was given up. `disabled`: nothing is sent until the endpoint is enabled again. */
export type EndpointStatus = 'active' | 'failing' | 'disabled'

/** Why an endpoint is disabled: by a request, after days of failure, or by a `410 Gone`. */
export type DisabledReason = 'requested' | 'failed' | 'gone'

/** A URL of a tenant to which events are sent. */
export interface WebhookEndpoint {
  tenant: string
  /** `whe_` and 22 characters of base64url. */
  endpointId: string
  /** 0 to 19. Part of the key, so that no tenant can have more endpoints than there are slots. */
  slot: number
  url: string
  events: WebhookEvent[]
  description?: string
  /** Newest first. Those before the current one stay valid for a day. */
  secrets: WebhookSecret[]
  status: EndpointStatus
  disabledReason?: DisabledReason
  /** RFC 3339, UTC, like the other times. Since when no event has been delivered, if one was given up. */
  failingSince?: string
  createdAt: string
  updatedAt: string
}

export interface WebhookSecret {
  /** `whsec_` and 32 random bytes in base64, as Standard Webhooks defines it. */
  secret: string
  /** Absent for the current secret. RFC 3339, UTC. */
  expiresAt?: string
}

export type NewEndpoint = Pick<WebhookEndpoint, 'tenant' | 'url' | 'events' | 'description'>

/** Endpoints per tenant. */
export const maxEndpoints = 20

/** Creates an endpoint without its slot, with a new id and secret. */
export function newEndpoint(request: NewEndpoint, nowMs: number): Omit<WebhookEndpoint, 'slot'> {
  const now = new Date(nowMs).toISOString()
  return {
    ...request,
    endpointId: `whe_${randomBytes(16).toString('base64url')}`,
    secrets: [{ secret: generateSecret() }],
    status: 'active',
    createdAt: now,
    updatedAt: now,
  }
}

/** Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Symmetric". */
export function generateSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** The secrets with which a delivery is signed now, newest first. */
export function validSecrets({ secrets }: Pick<WebhookEndpoint, 'secrets'>, nowMs: number): string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > nowMs)
    .map(({ secret }) => secret)
}

/** How long a secret stays valid after it was rotated. */
export const rotationMs = 24 * 3_600_000

/** Bounds the signatures of a delivery when a client rotates in a loop. */
const maxSecrets = 5

/**
 * Adds a new secret. All earlier ones stay valid for a day, not only the last: if a client repeats a rotation because the response was
 * lost, its receiver does not have the secret of the first one.
 */
export function rotateSecret({ secrets }: Pick<WebhookEndpoint, 'secrets'>, nowMs: number): WebhookSecret[] {
  const dayLater = new Date(nowMs + rotationMs).toISOString()
  const earlier = secrets
    .map(({ secret, expiresAt = dayLater }) => ({ secret, expiresAt }))
    .filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs)
  return [{ secret: generateSecret() }, ...earlier].slice(0, maxSecrets)
}
