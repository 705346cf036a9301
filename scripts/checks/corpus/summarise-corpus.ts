import type { FileReport } from './judge-file.ts'

/** The summary of all reports. */
export interface CorpusSummary {
  files: number
  ready: number
  /** Number of files by reason, then by the sentence for the uploader. */
  rejected: Record<string, Record<string, number>>
  /** Number of ready files by reference. `nothing`: no reference could show the file. */
  compared: Record<string, number>
  /** Mean ΔE of the compared files, and the largest. */
  deltaE: { mean: number; largest: number }
  flagged: FileReport[]
  /** Chromium shows all or a part of them. */
  rejectedButShown: FileReport[]
  readyButNotShown: FileReport[]
  slowest: FileReport[]
  mostMemory: FileReport[]
  mostBytes: FileReport[]
}

const listed = 5

export function summariseCorpus(reports: FileReport[]): CorpusSummary {
  const ready = reports.filter(({ outcome }) => outcome === 'ready')
  const rejected = reports.filter(({ outcome }) => outcome === 'rejected')
  const differences = ready.flatMap(({ deltaE }) => deltaE ?? [])
  const sum = differences.reduce((total, deltaE) => total + deltaE, 0)
  const firstBy = (figure: (report: FileReport) => number) =>
    [...reports].sort((one, other) => figure(other) - figure(one)).slice(0, listed)
  return {
    files: reports.length,
    ready: ready.length,
    rejected: countRejections(rejected),
    compared: count(ready.map(({ reference = 'nothing' }) => reference)),
    deltaE: { mean: sum / (differences.length || 1), largest: Math.max(0, ...differences) },
    flagged: reports.filter(({ findings }) => findings.length > 0),
    rejectedButShown: rejected.filter(({ shownByBrowser }) => shownByBrowser),
    readyButNotShown: ready.filter(({ shownByBrowser }) => shownByBrowser === false),
    slowest: firstBy(({ ms }) => ms),
    mostMemory: firstBy(({ peakMegabytes }) => peakMegabytes ?? 0),
    mostBytes: firstBy(({ bytes }) => bytes),
  }
}

function countRejections(rejected: FileReport[]): CorpusSummary['rejected'] {
  const byReason = Object.groupBy(rejected, ({ reason }) => reason ?? 'no reason')
  const counts = Object.entries(byReason).map(([reason, reports = []]) => {
    return [reason, count(reports.map(({ detail = '' }) => detail))] as const
  })
  return Object.fromEntries(counts)
}

function count(names: string[]): Record<string, number> {
  const groups = Object.entries(Object.groupBy(names, (name) => name))
  const sorted = groups.sort(([, one = []], [, other = []]) => other.length - one.length)
  return Object.fromEntries(sorted.map(([name, all = []]) => [name, all.length]))
}
