/** Retention is a week unless configured otherwise. Days without images are cheap to list. */
const daysBack = 8

/** The UTC days, as `YYYY-MM-DD`, that can have images; today first. */
export function listDays(): string[] {
  const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
  return Array.from({ length: daysBack }, (_, days) => dayBefore(days))
}
