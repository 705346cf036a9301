const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Parses `--since`.
 * @param text an ISO 8601 time, or an age: `90s`, `30m`, `2h`, `7d`
 * @returns epoch milliseconds
 * @throws Error if it is neither
 */
export function parseSince(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count && unit) return nowMs - Number(count) * unitsMs[unit as keyof typeof unitsMs]
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(timeMs))
    throw new Error(`--since must be a time such as 2026-11-22T10:00Z or an age such as 2h, not "${text}".`)
  return timeMs
}
