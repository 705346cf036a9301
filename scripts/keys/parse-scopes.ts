import { type Scope, scopes } from '../../core/api-keys/api-key.ts'

/** @param text such as `upload,read`. @throws Error for people */
export function parseScopes(text: string): Scope[] {
  const words = text.split(',')
  const unknown = words.find((word) => !scopes.some((scope) => scope === word))
  if (unknown !== undefined) throw new Error(`--scopes takes ${scopes.join(', ')}, not "${unknown}".`)
  return scopes.filter((scope) => words.includes(scope))
}
