const dayMs = 86_400_000
/** A chart has too few pixels for the hours of a longer report. */
const maxDays = 92
const defaultDays = 7

/** Whole UTC days, both inclusive, `YYYY-MM-DD`. */
export interface Period {
  from: string
  to: string
}

/**
 * The days of a report. Without `from` and `to`: the last seven days, today included.
 * @throws Error with the option at fault and what to change
 */
export function choosePeriod({ from, to }: Partial<Period>, now: Date): Period {
  const today = now.toISOString().slice(0, 10)
  const last = checkDay('--to', to, today) ?? today
  const first = checkDay('--from', from, today) ?? addDays(last, 1 - defaultDays)
  if (first > last) {
    throw new Error(`--from (${first}) is after --to (${last}). Swap them: --from ${last} --to ${first}.`)
  }
  const days = countDays({ from: first, to: last })
  if (days > maxDays) {
    throw new Error(
      `${first} to ${last} are ${days} days. A report covers at most ${maxDays}: choose a later --from or an earlier --to.`,
    )
  }
  return { from: first, to: last }
}

function checkDay(option: string, day: string | undefined, today: string): string | undefined {
  if (day === undefined) return undefined
  const date = new Date(`${day}T00:00:00Z`)
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && date.getTime() && date.toISOString().startsWith(day)
  if (!isDay) throw new Error(`${option} must be a date such as 2026-11-29, not "${day}".`)
  if (day > today) {
    throw new Error(`${option} is ${day}, but today is ${today} (UTC). Choose today or an earlier day.`)
  }
  return day
}

/** The equally long period directly before. */
export function precedingPeriod(period: Period): Period {
  return { from: addDays(period.from, -countDays(period)), to: addDays(period.from, -1) }
}

export function countDays({ from, to }: Period): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs + 1
}

export function listDays(period: Period): string[] {
  return Array.from({ length: countDays(period) }, (_, index) => addDays(period.from, index))
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}

/**
 * The whole days before a time.
 * @param time ISO 8601, with its time zone
 * @throws Error if it is not a time, or is later than now
 */
export function periodBefore(time: string, days: number, now: Date): Period {
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(time) ? new Date(time) : new Date(Number.NaN)
  if (Number.isNaN(at.getTime()))
    throw new Error(`The event's "time" must be a time such as 2026-11-30T01:30:00Z, not "${time}".`)
  const today = at.toISOString().slice(0, 10)
  if (today > now.toISOString().slice(0, 10))
    throw new Error(`The event's "time", ${time}, is in the future. Pass the time of a past schedule.`)
  return { from: addDays(today, -days), to: addDays(today, -1) }
}
