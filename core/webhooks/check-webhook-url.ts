import { isIP } from 'node:net'
import { forbiddenAddress } from './forbidden-address.ts'
import type { ReceiverRules } from './receiver-rules.ts'

/** In characters, before and after normalisation. */
export const maxUrlLength = 2_048

/** Names that public DNS does not have, so they can only belong to a private network. Sources: RFC 6761, 6762, 8375, and ICANN's `.internal`. */
const privateName =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|test|invalid|example|onion|home\.arpa)$|^[^.]+$/

/** The host of a URL without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** Whether a host is the machine itself by name: it is not looked up in DNS. */
export function isLocalhost(host: string): boolean {
  return /^(.+\.)?localhost$/.test(host)
}

/**
 * The reason why events may not be sent to a URL, as a sentence; undefined when they may. It does not use DNS, so a name must be
 * resolved and each of its addresses checked by `forbiddenAddress` before a connection is made.
 *
 * The URL parser of WHATWG turns all spellings of an IPv4 address (decimal, octal, hexadecimal, short, full-width) into
 * dotted decimal.
 */
export function checkWebhookUrl(text: string, rules: ReceiverRules): string | undefined {
  if (text.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters.`
  if (/[\s\\\p{Cc}]/u.test(text)) return 'The URL contains a space, a control character or a backslash.'
  const url = /^https?:\/\/[^/]/i.test(text) ? URL.parse(text) : null
  if (!url) return 'The URL is not a valid https URL, such as https://example.com/hooks.'
  if (url.href.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters.`
  if (url.username || url.password) return 'The URL contains credentials. Verify the signature instead.'
  if (text.includes('#')) return 'The URL has a fragment (#…), which is never sent. Remove it.'
  const host = hostOf(url)
  return checkScheme(url, host, rules) ?? checkPort(url) ?? checkHost(host, rules)
}

function checkScheme({ protocol }: URL, host: string, { isProduction }: ReceiverRules): string | undefined {
  if (protocol === 'https:') return undefined
  const isLoopback = isLocalhost(host) || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  if (isLoopback && !isProduction) return undefined
  return 'The URL must begin with https://. Outside production, http:// is allowed for loopback addresses.'
}

function checkPort({ protocol, port }: URL): string | undefined {
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  if (number === 443 || number > 1024) return undefined
  return `The URL has port ${number}. Use 443 or a port above 1024.`
}

function checkHost(host: string, rules: ReceiverRules): string | undefined {
  if (host.endsWith('.')) return 'The host of the URL ends with a dot. Remove it.'
  if (isIP(host) !== 0) {
    const kind = forbiddenAddress(host, rules)
    return kind && `The host of the URL is ${kind}. ${advice}`
  }
  // Hosts in allowed networks may have private names. Each delivery attempt checks the addresses.
  if (rules.allowNetworks.rules.length > 0 || !privateName.test(host)) return undefined
  return `The host of the URL, ${host}, is a name of a private network. ${advice}`
}

const advice = 'Use a public host, or ask the operator to allow its network with WEBHOOK_ALLOW_NETWORKS.'
