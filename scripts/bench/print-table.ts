import Table from 'cli-table3'

const linesBelowHeadOnly = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

interface Report {
  title: string
  /** The first column is text, the others are figures. */
  head: string[]
  rows: (string | number)[][]
  /** How to interpret the figures. */
  notes: string[]
}

export function printTable({ title, head, rows, notes }: Report): void {
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
    chars: linesBelowHeadOnly,
  })
  table.push(...rows)
  console.log(`\n${title}\n${table}`)
  for (const note of notes) console.log(note)
}
