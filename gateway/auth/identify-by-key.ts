import { LRUCache } from 'lru-cache'
import { type ApiKey, hasSecret, parseKey } from '../../core/api-keys/api-key.ts'
import type { KeyTable } from '../../core/api-keys/key-table.ts'
import type { Audit, AuditSubject, Origin } from './audit.ts'
import { AuthenticationError } from './authentication-error.ts'
import type { Principal } from './principal.ts'

interface IdentifyByKeyOptions {
  keys: Pick<KeyTable, 'find' | 'mark'>
  audit: Pick<Audit, 'firstUsed' | 'firstUseNotRecorded'>
  /** Epoch milliseconds. */
  now: () => number
  /** Monotonic milliseconds: setting the clock back must not prolong a revoked key. */
  uptime?: () => number
}

/** A revoked key works for at most a minute on any gateway: this cache time plus the time of the lookup. */
export const keyLifetimeMs = 55_000
/** Unknown keys are cached more briefly, because such a key can be created next. */
const unknownLifetimeMs = 5_000
const maxKeys = 10_000

/** Authenticates callers by API key. */
export function createIdentifyByKey({
  keys,
  audit,
  now,
  uptime = () => performance.now(),
}: IdentifyByKeyOptions) {
  /** Caches unknown keys as well, so that repeated guesses cost one lookup. */
  const known = new LRUCache<string, { key: ApiKey | undefined }>({
    max: maxKeys,
    ttl: keyLifetimeMs,
    ttlResolution: 0,
    perf: { now: uptime },
    fetchMethod: async (keyId, _stale, { options }) => {
      const key = await keys.find(keyId)
      if (!key) options.ttl = unknownLifetimeMs
      return { key }
    },
  })

  /** @throws AuthenticationError, DependencyUnavailable (a retry can help) when the key table is unavailable */
  return async function identifyByKey(text: string, origin: Origin): Promise<Principal> {
    const presented = parseKey(text)
    if (!presented) throw new AuthenticationError('malformed')
    // `fetch` returns cached keys too, but through several promises.
    const { key } = known.get(presented.keyId) ?? (await known.fetch(presented.keyId)) ?? {}
    if (!key) throw new AuthenticationError('unknown', { principal: presented.keyId })
    const subject = { principal: key.keyId, tenant: key.tenant }
    if (!hasSecret(key, presented.secret)) throw new AuthenticationError('wrong_secret', subject)
    assertInForce(key, subject, now())
    if (!key.firstUsedAt) noteFirstUse(key, subject, origin)
    return { id: `key:${key.keyId}`, ...key }
  }

  /** Runs in the background. After a failure, the first use is recorded once the key has been looked up again. */
  function noteFirstUse(key: ApiKey, subject: AuditSubject, origin: Origin): void {
    key.firstUsedAt = new Date(now()).toISOString()
    keys.mark(key.keyId, 'firstUsedAt', now()).then(
      (isFirst) => isFirst && audit.firstUsed(subject, origin),
      (error) => audit.firstUseNotRecorded(subject, error),
    )
  }
}

function assertInForce({ revokedAt, expiresAt }: ApiKey, subject: AuditSubject, nowMs: number): void {
  if (revokedAt) throw new AuthenticationError('revoked', subject)
  if (expiresAt && Date.parse(expiresAt) <= nowMs) throw new AuthenticationError('expired', subject)
}
