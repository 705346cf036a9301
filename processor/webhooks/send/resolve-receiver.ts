import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isLocalhost } from '../../../core/webhooks/check-webhook-url.ts'

/** Finds all addresses of a host name. @throws an error with a `code` of `node:dns`, or when the signal aborts */
export type ResolveHost = (host: string, signal: AbortSignal) => Promise<string[]>

/**
 * Queries DNS directly. `dns.lookup` would occupy a thread of the pool that also decodes images, so a tenant with a slow DNS server
 * could delay all others. Hosts files and search domains are therefore not used.
 * @param servers `address:port` of the DNS servers; by default those of the system
 */
export function createResolveHost(servers?: string[]): ResolveHost {
  return async (host, signal) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (servers) resolver.setServers(servers)
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      signal.throwIfAborted()
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      signal.throwIfAborted()
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      if (addresses.length > 0) return addresses
      throw (answers[0] as PromiseRejectedResult).reason
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}

/** All addresses of the host of a URL. An IP address and `localhost` are not looked up. */
export async function resolveReceiver(
  host: string,
  resolve: ResolveHost,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const addresses = isIP(host)
    ? [host]
    : isLocalhost(host)
      ? ['127.0.0.1', '::1']
      : await resolve(host, signal)
  return addresses.map((address) => ({ address, family: isIP(address) }))
}
