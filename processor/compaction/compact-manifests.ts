import { type CompactedDay, type CompactionDeps, compactDay } from './compact-day.ts'

export interface CompactManifestsOptions {
  /** Lifetime of an image in days. */
  retentionDays: number
  /** Maximum number of manifests to read in this run. No limit by default. */
  maxReads?: number
  /** Days that would begin after this time are left to the next run, epoch milliseconds. */
  endsAtMs?: number
  /** Receives the result of each day as soon as it is done. */
  onDay?(day: CompactedDay): void
}

/**
 * Compacts all days, the newest first. A day that fails does not keep the others from being compacted.
 * @throws AggregateError with the error of each day that failed
 */
export async function compactManifests(
  deps: CompactionDeps,
  {
    retentionDays,
    maxReads = Number.POSITIVE_INFINITY,
    endsAtMs = Number.POSITIVE_INFINITY,
    onDay = () => {},
  }: CompactManifestsOptions,
): Promise<CompactedDay[]> {
  const days = new Set([...(await deps.store.listDays()), ...deps.partitions.locations.keys()])
  const results: CompactedDay[] = []
  const failures = new Map<string, unknown>()
  let readsLeft = maxReads
  for (const day of [...days].sort().reverse()) {
    if (deps.now() >= endsAtMs) {
      failures.set(day, new Error('The run had no time left.'))
      continue
    }
    try {
      const result = await compactDay(day, deps, { retentionDays, maxReads: readsLeft })
      readsLeft -= result.read
      results.push(result)
      onDay(result)
    } catch (error) {
      failures.set(day, error)
    }
  }
  if (failures.size > 0) {
    throw new AggregateError(failures.values(), describeFailures(failures))
  }
  return results
}

/** The days of each reason, because Lambda logs only the message of an AggregateError. */
function describeFailures(failures: Map<string, unknown>): string {
  const byReason = Map.groupBy(failures, ([, error]) => (error as Error).message)
  const groups = [...byReason].map(([reason, days]) => `${days.map(([day]) => day).join(', ')} (${reason})`)
  return `Not compacted: ${groups.join('; ')}`
}
