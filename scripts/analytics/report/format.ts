import { formatBytes as formatForTerminal } from '../../../openapi/packages/cli/src/terminal/format-bytes.ts'
import { countDays, type Period } from './data/period.ts'

/** `5.7 GB`. A number and its unit stay on one line. */
export const formatBytes = (bytes: number): string => formatForTerminal(bytes).replace(' ', '\u00a0')

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options })

const counts = new Intl.NumberFormat('en-GB')
const shares = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 })
const decimals = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
const dayAndMonth = utc({ day: 'numeric', month: 'short' })
const weekday = utc({ weekday: 'short' })
const fullDay = utc({ day: 'numeric', month: 'long', year: 'numeric' })
const moment = utc({ dateStyle: 'long', timeStyle: 'short' })

export const formatCount = (count: number): string => counts.format(count)
export const formatDecimal = (value: number): string => decimals.format(value)
/** @param share 0 to 1 */
export const formatShare = (share: number): string => shares.format(share)
/** `1 image`, `2 images` */
export const formatImages = (count: number): string => formatNumberOf(count, 'image')
/** `1 day`, `7 days` */
export const formatDays = (count: number): string => formatNumberOf(count, 'day')
/** A count with the noun, in the singular if it is one. */
export const formatNumberOf = (count: number, noun: string): string =>
  `${counts.format(count)} ${noun}${count === 1 ? '' : 's'}`
/** `was` or `were` */
export const pastOfBe = (count: number): string => (count === 1 ? 'was' : 'were')
/** `29 Nov` */
export const formatDay = (day: string): string => dayAndMonth.format(new Date(day))
/** `Sun` */
export const formatWeekday = (day: string): string => weekday.format(new Date(day))
/** `29 November 2026 at 21:55` */
export const formatMoment = (time: Date): string => moment.format(time)

/** `420 ms`, `1.5 s`, `2 min` */
export function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return '–'
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)}\u00a0ms`
  if (seconds < 99.95) return `${decimals.format(seconds)}\u00a0s`
  return `${decimals.format(seconds / 60)}\u00a0min`
}

/** `23–29 November 2026`, or one day */
export function formatPeriod(period: Period): string {
  const { from, to } = period
  return countDays(period) === 1
    ? fullDay.format(new Date(from))
    : fullDay.formatRange(new Date(from), new Date(to)).replace(/^(\d+)\s–\s(?=\d)/, '$1–')
}
