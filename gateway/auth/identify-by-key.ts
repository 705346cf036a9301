import { LRUCache } from 'lru-cache'
import { type ApiKey, hasSecret, parseKey } from '../../core/api-keys/api-key.ts'
import type { KeyTable } from '../../core/api-keys/key-table.ts'
import type { Audit, AuditSubject, Origin } from './audit.ts'
import type { Principal } from './principal.ts'
import { Refusal } from './refusal.ts'

interface IdentifyByKeyOptions {
  keys: Pick<KeyTable, 'find' | 'mark'>
  audit: Audit
  /** Epoch milliseconds. */
  now: () => number
  /** Milliseconds that only ever grow: a clock that is set back must not keep a revoked key alive. */
  uptime?: () => number
}

/** A revoked key works for a minute at the most, on any gateway: this, and as long as the table may take to answer. */
export const keyLifetimeMs = 55_000
/** Guesses are remembered more briefly: the next key that is made could be one. */
const unknownLifetimeMs = 5_000
const maxKeys = 10_000

/** Knows callers by their API key. */
export function createIdentifyByKey({
  keys,
  audit,
  now,
  uptime = () => performance.now(),
}: IdentifyByKeyOptions) {
  /** With room for what is not there, so that guessing asks the table once. */
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

  /** @throws Refusal, DependencyUnavailable (a retry can help) when the table does not answer */
  return async function identifyByKey(text: string, origin: Origin): Promise<Principal> {
    const shown = parseKey(text)
    if (!shown) throw new Refusal('malformed')
    const { key } = (await known.fetch(shown.keyId)) ?? {}
    if (!key) throw new Refusal('unknown', { principal: shown.keyId })
    const subject = { principal: key.keyId, tenant: key.tenant }
    if (!hasSecret(key, shown.secret)) throw new Refusal('wrong_secret', subject)
    assertInForce(key, subject, now())
    if (!key.firstUsedAt) noteFirstUse(key, subject, origin)
    return { id: `key:${key.keyId}`, ...key }
  }

  /** Nobody waits for it. When it fails, it is noted by whoever comes once the key has been looked up again. */
  function noteFirstUse(key: ApiKey, subject: AuditSubject, origin: Origin): void {
    key.firstUsedAt = new Date(now()).toISOString()
    keys.mark(key.keyId, 'firstUsedAt', now()).then(
      (isFirst) => isFirst && audit.firstUsed(subject, origin),
      (error) => audit.unnoted(subject, error),
    )
  }
}

function assertInForce({ revokedAt, expiresAt }: ApiKey, subject: AuditSubject, nowMs: number): void {
  if (revokedAt) throw new Refusal('revoked', subject)
  if (expiresAt && Date.parse(expiresAt) <= nowMs) throw new Refusal('expired', subject)
}
