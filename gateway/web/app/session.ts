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
