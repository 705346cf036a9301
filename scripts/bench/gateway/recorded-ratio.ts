/** The column of `docs/MEASURED.md` with the CPU time divided by that of the bare server: the title is column 0. */
const cpuRatioColumn = 4

/**
 * Finds the recorded CPU ratio of a server in the text of `docs/MEASURED.md`.
 * @param title the first cell of its row
 * @throws Error when there is none
 */
export function readRecordedRatio(measured: string, title: string): number {
  const row = measured.split('\n').find((line) => line.startsWith(`| ${title} |`))
  const ratio = Number(row?.split('|')[cpuRatioColumn + 1] || Number.NaN)
  if (Number.isNaN(ratio)) {
    throw new Error(
      `docs/MEASURED.md has no CPU ratio for "${title}". Run npm run bench -- gateway and record the row.`,
    )
  }
  return ratio
}

/** @throws Error when the measured ratio is more than twice the recorded one */
export function checkRatio(measured: number, recorded: number): void {
  const ratios = `${measured.toFixed(2)} times the CPU of a bare route; docs/MEASURED.md records ${recorded.toFixed(2)}`
  if (!(measured <= 2 * recorded)) {
    throw new Error(`A request costs ${ratios}. Profile the gateway, or record the new ratio and say why.`)
  }
  console.log(`A request costs ${ratios}: at most twice as much.`)
}
