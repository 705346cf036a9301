import Table from 'cli-table3'
import { formatBytes } from '../../../openapi/packages/cli/src/terminal/format-bytes.ts'
import { printable } from '../../../openapi/packages/cli/src/terminal/printable.ts'
import type { FileReport } from './judge-file.ts'
import type { CorpusSummary } from './summarise-corpus.ts'

/** Prints one row per file, with its findings below the row. */
export function printFiles(reports: FileReport[]): void {
  const table = new Table({
    head: ['file', 'result', 'pixels', 'reference', 'ΔE', 'ms', 'MB'],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const report of reports) {
    const { file, outcome = 'failed', reason, width, height, reference, deltaE, ms, peakMegabytes } = report
    const pixels = width ? `${width}×${height}` : ''
    const figures = [deltaE?.toFixed(1) ?? '', ms, peakMegabytes ?? '']
    table.push([printable(file), reason ?? outcome, pixels, reference ?? '', ...figures])
    for (const finding of report.findings)
      table.push(['', { colSpan: 6, content: `✗ ${printable(finding)}` }])
  }
  console.log(table.toString())
}

export function printSummary(summary: CorpusSummary): void {
  const { files, ready, rejected, compared, deltaE, flagged } = summary
  console.log(`\n${files} files: ${ready} ready, ${flagged.length} flagged`)
  for (const [reason, details] of Object.entries(rejected)) {
    console.log(`rejected as ${reason}:`)
    for (const [detail, count] of Object.entries(details)) console.log(`  ${count} × ${printable(detail)}`)
  }
  const references = Object.entries(compared).map(([name, count]) => `${count} with ${name}`)
  console.log(`ready, compared: ${references.join(', ') || 'none'}`)
  console.log(
    `ΔE76, mean per file: ${deltaE.mean.toFixed(2)} on average, ${deltaE.largest.toFixed(1)} at most`,
  )
  printList('Flagged', flagged, ({ findings }) => findings.join('; '))
  printList('Rejected, although Chromium shows all or a part', summary.rejectedButShown, describeRejection)
  printList('Ready, although Chromium does not show it', summary.readyButNotShown, ({ reference }) =>
    reference ? `compared with ${reference}` : 'not compared',
  )
  printList('Slowest', summary.slowest, ({ ms }) => `${ms} ms`)
  printList('Most memory of the process', summary.mostMemory, ({ peakMegabytes }) => `${peakMegabytes} MB`)
  printList('Largest files', summary.mostBytes, ({ bytes }) => formatBytes(bytes))
}

function describeRejection({ reason, detail }: FileReport): string {
  return `${reason}: ${detail}`
}

function printList(title: string, reports: FileReport[], describe: (report: FileReport) => string): void {
  if (reports.length === 0) return
  console.log(`\n${title}:`)
  for (const report of reports) console.log(`  ${printable(report.file)}: ${printable(describe(report))}`)
}
