import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { spawnChild } from '../../local/spawn-child.ts'
import { type PrintedFigures, parseFigures } from './evidence/figures.ts'
import { type PrintedWebhookFigures, parseWebhookFigures } from './webhooks/webhook-figures.ts'

export const faultNames = [
  'broker-outage',
  'worker-killed',
  'gateway-killed',
  'stores-failing',
  'repeated-events',
  'clock-jump',
] as const

/** Runs only when it is named: it takes ten minutes and repeats the kinds of the others. */
export const chaosName = 'chaos'

/** Runs only when it is named: all faults of the folder of this name. */
export const webhooksName = 'webhooks'

export type FaultName = (typeof faultNames)[number] | typeof chaosName

interface FaultOutcome {
  code: number
  /** Lines of stdout. */
  lines: string[]
  /** Figures of a fault of images. */
  figures?: PrintedFigures
  /** Figures of a fault of webhooks or streams. */
  webhookFigures?: PrintedWebhookFigures
}

/** Runs one fault script in a child process. @param name of its file, below this folder @param args of the script */
export async function runScript(
  name: FaultName | `${typeof webhooksName}/${string}`,
  onLine: (line: string) => void,
  args: string[] = [],
): Promise<FaultOutcome> {
  const child = spawnChild(new URL(`./${name}.ts`, import.meta.url), { args, output: 'pipe' })
  const exited = once(child, 'exit')
  const lines: string[] = []
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line)
      onLine(line)
    }
  }
  const [code] = await exited
  return {
    code: code ?? 1,
    lines,
    figures: lines.map(parseFigures).find(Boolean),
    webhookFigures: lines.map(parseWebhookFigures).find(Boolean),
  }
}
