import type { Test } from 'tap'
import { type FaultName, runScript } from '../../../checks/faults/run-script.ts'

/** Runs a fault script as a person would. What it says is in the output of a test that fails. */
export async function runQuietly(t: Test, name: FaultName) {
  const { code, lines, figures } = await runScript(name, () => {})
  const said = lines.join('\n')
  if (code !== 0) t.comment(said)
  return { code, said, figures }
}
