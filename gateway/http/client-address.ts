import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The client's address, for the audit log. */
export const originOf = (request: FastifyRequest) => ({ ip: clientAddress(request), requestId: request.id })

/** The client's IP address. An entry of `X-Forwarded-For` that is not an address is replaced by the address of the proxy that sent it. */
export function clientAddress({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  // A client that has disconnected no longer has an address.
  return readAddress(ip) ?? socket.remoteAddress ?? 'disconnected'
}

/**
 * Decides which addresses are proxies whose `X-Forwarded-For` is trusted.
 * @param networks addresses and CIDR blocks, separated by commas
 */
export function createTrustProxy(networks: string): (address: string) => boolean {
  const trusted = new BlockList()
  for (const network of networks.split(',').filter(Boolean)) {
    const [address = '', prefix] = network.split('/')
    if (prefix === undefined) trusted.addAddress(address, familyOf(address))
    else trusted.addSubnet(address, Number(prefix), familyOf(address))
  }
  return (text) => {
    const address = readAddress(text)
    return address !== undefined && trusted.check(address, familyOf(address))
  }
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Some proxies append the port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
const withPort = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/

/** The IP address of an entry, without brackets, port and IPv6 zone. Returns undefined if it contains none. */
export function readAddress(entry: string | undefined): string | undefined {
  if (!entry) return undefined
  const [, bracketed, beforePort] = withPort.exec(entry) ?? []
  const [address = ''] = (bracketed ?? beforePort ?? entry).split('%')
  return isIP(address) === 0 ? undefined : address
}
