import { type Scope, scopes } from '../../core/api-keys/api-key.ts'

const unitsMs = { h: 3_600_000, d: 86_400_000 }

/** @param text such as `upload,read`. @throws Error that names the unknown scope */
export function parseScopes(text: string): Scope[] {
  const words = text.split(',')
  const unknown = words.find((word) => !scopes.some((scope) => scope === word))
  if (unknown !== undefined) throw new Error(`--scopes takes ${scopes.join(', ')}, not "${unknown}".`)
  return scopes.filter((scope) => words.includes(scope))
}

/**
 * @param text such as `600/min`
 * @returns requests per minute
 * @throws Error when the text has another form
 */
export function parseRate(text: string): number {
  const [, count] = /^([1-9]\d{0,8})\/min$/.exec(text) ?? []
  if (!count) throw new Error(`--rate takes requests per minute, such as 600/min, not "${text}".`)
  return Number(count)
}

/**
 * @param text a duration from now (`12h`, `90d`) or a date (`2027-06-30`, `2027-06-30T12:00Z`)
 * @returns RFC 3339, UTC
 * @throws Error when the text has another form or the date has passed
 */
export function parseExpires(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  const relativeMs = count && unit ? nowMs + Number(count) * unitsMs[unit as keyof typeof unitsMs] : undefined
  const timeMs = relativeMs ?? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN)
  if (Number.isNaN(timeMs)) throw new Error(`--expires takes 90d, 12h or 2027-06-30, not "${text}".`)
  if (timeMs <= nowMs) throw new Error(`--expires ${text} is in the past.`)
  return new Date(timeMs).toISOString()
}
