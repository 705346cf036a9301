import { GatewayUnreachable, HashgateError } from '@hashgate/client'

/** The message of an error, with advice for the command line. */
export function describeError(error: unknown): string {
  if (error instanceof HashgateError) return describeRefusal(error)
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof GatewayUnreachable ? findCode(error) : undefined
  return code ? message.replace(/\.$/, ` (${code}).`) : message
}

function describeRefusal({ code, status, message }: HashgateError): string {
  if (status === 401) return 'The gateway does not accept the key. Check HASHGATE_KEY, --key or --key-file.'
  if (code === 'ROUTE_NOT_FOUND') {
    return 'The address is not that of a gateway’s API. Pass the base URL, without a path, as --gateway or HASHGATE_GATEWAY.'
  }
  return message
}

/** The code of the innermost error that has one, such as `ECONNREFUSED` or `DEPTH_ZERO_SELF_SIGNED_CERT`. */
function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  return findCode(error.cause) ?? (typeof code === 'string' ? code : undefined)
}
