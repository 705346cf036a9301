/** Error codes of `node:dns`, `node:net`, `node:tls` and `node:http`, in words for the tenant. */
const reasons: Record<string, string> = {
  ENOTFOUND: 'The host has no address in DNS.',
  ENODATA: 'The host has no address in DNS.',
  ESERVFAIL: 'The DNS server of the host failed.',
  ETIMEOUT: 'The DNS server of the host did not answer.',
  EREFUSED: 'The DNS server of the host refused to answer.',
  ECONNREFUSED: 'The receiver refused the connection.',
  ECONNRESET: 'The receiver closed the connection without a response.',
  EPIPE: 'The receiver closed the connection without a response.',
  ETIMEDOUT: 'The receiver did not accept the connection.',
  EHOSTUNREACH: 'The receiver cannot be reached.',
  ENETUNREACH: 'The receiver cannot be reached.',
  CERT_HAS_EXPIRED: 'The TLS certificate of the receiver has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The TLS certificate of the receiver is for another host.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The TLS certificate of the receiver is self-signed.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The TLS certificate of the receiver is not signed by a known authority.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'The TLS certificate of the receiver is not signed by a known authority, or the intermediate certificate is missing.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The TLS certificate of the receiver is not signed by a known authority, or the intermediate certificate is missing.',
}

/** The reason for a try that failed without a status, as a sentence. It contains no addresses, because they can be internal. */
export function describeFailure(error: unknown): string {
  // With several addresses there is an error for each; the first one has the preferred family.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const code = (first as { code?: string }).code ?? 'unknown'
  if (reasons[code]) return reasons[code]
  if (code.startsWith('HPE_')) return `The answer is not valid HTTP/1.1 (${code}).`
  return `The request failed (${code}).`
}
