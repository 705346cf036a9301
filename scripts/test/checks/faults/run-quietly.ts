import type { Test } from 'tap'
import { type FaultName, runScript } from '../../../checks/faults/run-script.ts'

/** Runs a fault script from the command line. Its output is shown if it fails. */
export async function runQuietly(t: Test, name: FaultName) {
  const { code, lines, figures } = await runScript(name, () => {})
  const output = lines.join('\n')
  if (code !== 0) t.comment(output)
  return { code, output, figures }
}
