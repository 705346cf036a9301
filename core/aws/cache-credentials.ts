type Provider<Credentials> = () => Promise<Credentials>

/** The SDK renews credentials this long before they expire. */
const renewalMs = 300_000

/**
 * Wraps the SDK's provider of credentials so that it returns known ones without a promise, which costs as much as a signature.
 * Credentials are asked for again when the SDK would renew them.
 * @param now epoch milliseconds
 */
export function cacheCredentials<Credentials extends { expiration?: Date }>(
  provider: Provider<Credentials>,
  now: () => number = Date.now,
): () => Credentials | Promise<Credentials> {
  let known: { credentials: Credentials; untilMs: number } | undefined

  async function renew(): Promise<Credentials> {
    const credentials = await provider()
    known = {
      credentials,
      untilMs: (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - renewalMs,
    }
    return credentials
  }

  return () => (known && now() < known.untilMs ? known.credentials : renew())
}
