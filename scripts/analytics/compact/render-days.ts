import Table from 'cli-table3'
import type { CompactedDay } from '../../../processor/compaction/compact-day.ts'

/** Renders a table with a row per day and, below it, the files that were damaged and the manifests that were left out. */
export function renderDays(days: readonly CompactedDay[]): string {
  if (days.length === 0) return 'There are no manifests.'
  const table = new Table({
    head: ['day', 'images', 'manifests read', 'left out'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { day, rows, read, unreadable } of days) table.push([day, rows, read, unreadable.length])
  const damages = days.flatMap(({ damage }) =>
    damage ? [`Wrote a file again that could not be opened. ${damage}`] : [],
  )
  const leftOut = days
    .flatMap(({ unreadable }) => unreadable)
    .map((key) => `Left out, because it is not the manifest of the image in its key: ${key}`)
  return [table.toString(), ...damages, ...leftOut].join('\n')
}
