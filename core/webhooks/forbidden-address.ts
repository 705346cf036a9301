import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { ReceiverRules } from './receiver-rules.ts'

/** Global unicast, the only part of IPv6 from which public addresses are assigned. It excludes `::a.b.c.d` and all that is unassigned. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Azure's DNS and instance metadata: an address that the registries count as public. */
const azureWireServer = '168.63.129.16'

const names: Record<string, string> = {
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address',
  multicast: 'a multicast address',
  unspecified: 'an unspecified address',
}

/**
 * Names the kind of an IP address to which nothing may be sent, such as `a private address`. Undefined when the address is public
 * or allowed. IPv6 addresses that contain an IPv4 address (mapped, NAT64, 6to4, Teredo) count as reserved.
 * Source: the special-purpose address registries of IANA, by way of ipaddr.js.
 */
export function forbiddenAddress(
  address: string,
  { allowNetworks }: Pick<ReceiverRules, 'allowNetworks'>,
): string | undefined {
  const family = isIP(address)
  if (family === 0 || address.includes('%')) return 'an invalid address'
  if (allowNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4')) return undefined
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast') return names[range] ?? 'a reserved address'
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return 'a reserved address'
  return address === azureWireServer ? 'a reserved address' : undefined
}
