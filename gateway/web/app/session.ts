const storageName = 'hashgate.key'

/**
 * The key of this tab. A link can pass it in the fragment (`#key=…`), which browsers send to no server; it is removed from the
 * address at once.
 */
export function readKey(): string | undefined {
  const passed = new URLSearchParams(location.hash.slice(1)).get('key')
  if (passed) {
    history.replaceState(null, '', location.pathname)
    sessionStorage.setItem(storageName, passed)
  }
  return sessionStorage.getItem(storageName) ?? undefined
}

export function keepKey(key: string): void {
  sessionStorage.setItem(storageName, key)
}

export function forgetKey(): void {
  sessionStorage.removeItem(storageName)
}

/**
 * Names the owner of a key, without its secret: the id of an API key, or the subject of a token. What the browser keeps for one owner is not
 * shown to another one.
 */
export function ownerOf(key: string): string {
  const [, keyId] = /^hg_([0-9a-f]+)_/.exec(key) ?? []
  return keyId ?? readSubject(key) ?? 'unknown'
}

/** Reads a JSON Web Token without verifying it, which the gateway does. */
function readSubject(token: string): string | undefined {
  try {
    const [, payload = ''] = token.split('.')
    const { iss = '', sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    return sub === undefined ? undefined : `${iss} ${sub}`
  } catch {
    return undefined
  }
}
