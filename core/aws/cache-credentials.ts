type Provider<Credentials> = () => Promise<Credentials>

/** The SDK renews credentials this long before they expire. */
const renewalMs = 300_000

/**
 * Wraps the SDK's provider of credentials so that it returns known ones without a promise, which costs as much as a signature.
 * Credentials are requested again when the SDK would renew them. If that fails, the known ones are used until they expire.
 * @param now epoch milliseconds
 */
export function cacheCredentials<Credentials extends { expiration?: Date }>(
  provider: Provider<Credentials>,
  now: () => number = Date.now,
): () => Credentials | Promise<Credentials> {
  let known: { credentials: Credentials; expiresAtMs: number } | undefined

  async function renew(): Promise<Credentials> {
    try {
      const credentials = await provider()
      known = { credentials, expiresAtMs: credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY }
      return credentials
    } catch (error) {
      if (known && now() < known.expiresAtMs) return known.credentials
      throw error
    }
  }

  return () => (known && now() < known.expiresAtMs - renewalMs ? known.credentials : renew())
}
