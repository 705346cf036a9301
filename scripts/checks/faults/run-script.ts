import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { spawnChild } from '../../local/spawn-child.ts'
import { type PrintedFigures, parseFigures } from './evidence/figures.ts'

export const faultNames = [
  'broker-outage',
  'worker-killed',
  'gateway-killed',
  'stores-failing',
  'repeated-events',
  'clock-jump',
] as const

export type FaultName = (typeof faultNames)[number]

interface FaultOutcome {
  code: number
  /** Lines of stdout. */
  lines: string[]
  figures?: PrintedFigures
}

/** Runs one fault script in a child process. */
export async function runScript(name: FaultName, onLine: (line: string) => void): Promise<FaultOutcome> {
  const child = spawnChild(new URL(`./${name}.ts`, import.meta.url), { output: 'pipe' })
  const exited = once(child, 'exit')
  const lines: string[] = []
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      onLine(line)
    }
  }
  const [code] = await exited
  return { code: code ?? 1, lines, figures: lines.map(parseFigures).find(Boolean) }
}
