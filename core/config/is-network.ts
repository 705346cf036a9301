import { isIP } from 'node:net'

/** Whether a text is an IP address or a CIDR such as `10.0.0.0/16` or `fd00::/8`, but not one of all addresses. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const bits = address.includes('%') ? 0 : ({ 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0)
  const isPrefix =
    prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) > 0 && Number(prefix) <= bits)
  return bits > 0 && isPrefix && more.length === 0
}

/** Returns a sentence for each comma-separated entry of a setting that is not a network. */
export function findNetworkErrors(name: string, setting = ''): string[] {
  return setting
    .split(',')
    .filter((entry) => entry && !isNetwork(entry))
    .map((entry) => `${name}: ${entry} is not an IP address or CIDR such as 10.0.0.0/16.`)
}
