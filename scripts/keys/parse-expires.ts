const unitsMs = { h: 3_600_000, d: 86_400_000 }

/**
 * @param text how long from now, `12h` or `90d`, or a date: `2027-06-30`, `2027-06-30T12:00Z`
 * @returns RFC 3339, UTC
 * @throws Error for people
 */
export function parseExpires(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  const relativeMs = count && unit ? nowMs + Number(count) * unitsMs[unit as keyof typeof unitsMs] : undefined
  const timeMs = relativeMs ?? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN)
  if (Number.isNaN(timeMs)) throw new Error(`--expires takes 90d, 12h or 2027-06-30, not "${text}".`)
  if (timeMs <= nowMs) throw new Error(`--expires ${text} is over already.`)
  return new Date(timeMs).toISOString()
}
