import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Stop } from '../../local/backing.ts'
import { integerOption, runCommand } from '../../run-command.ts'
import { type Figures, formatFigures } from './evidence/figures.ts'

export interface FaultRun {
  images: number
  /** For data and logs. Removed if the run succeeds. */
  directory: string
  /** Aborted when the time limit of the run has passed. */
  signal: AbortSignal
  say: (text: string) => void
  /** Registers a cleanup. Cleanups run in reverse order. */
  onStop: (stop: Stop) => void
}

type Scenario<F> = (run: FaultRun) => Promise<F>

/** Prints the figures of a run. @returns whether the run is clean */
type Report<F> = (figures: F, images: number) => boolean

export interface FaultLimits {
  images: number
  /** Time limit of the run. */
  seconds: number
}

const maxPrintedFindings = 10

/** Time for counting and cleaning up after the time limit. */
const graceMs = 60_000

/**
 * Runs one fault scenario with the limits from the command line: `--images` and `--seconds`. The exit code is 0 only if every image
 * was accepted, none was lost and no effect was duplicated.
 */
export function runFault(defaults: FaultLimits, scenario: Scenario<Figures>): Promise<void> {
  return runFaultFor(() => ({ limits: readArguments(defaults), scenario }), reportImages)
}

/**
 * Runs one fault scenario and reports its figures. The exit code is 0 only if the run is clean. The process ends
 * at most a minute after its time limit, even if something hangs.
 * @param readOptions may throw: its message is printed
 */
export async function runFaultFor<F>(
  readOptions: () => { limits: FaultLimits; scenario: Scenario<F> },
  report: Report<F>,
): Promise<void> {
  await runCommand(async () => {
    const { limits, scenario } = readOptions()
    const { images, seconds } = limits
    const hardLimit = setTimeout(() => process.exit(1), seconds * 1_000 + graceMs)
    const directory = await mkdtemp(join(tmpdir(), 'hashgate-fault-'))
    try {
      const figures = await runScenario(scenario, {
        images,
        directory,
        signal: AbortSignal.timeout(seconds * 1_000),
      })
      const isClean = report(figures, images)
      if (isClean) await rm(directory, { recursive: true })
      else console.error(`The logs are in ${directory}/logs`)
      return isClean ? 0 : 1
    } finally {
      clearTimeout(hardLimit)
    }
  })
}

async function runScenario<F>(
  scenario: Scenario<F>,
  run: Pick<FaultRun, 'images' | 'directory' | 'signal'>,
): Promise<F> {
  const stops: Stop[] = []
  const onStop = (stop: Stop) => void stops.push(stop)
  try {
    return await scenario({ ...run, say: createProgressLog(), onStop })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

export function reportImages(figures: Figures, images: number): boolean {
  printFindings(figures.findings)
  console.log(`repeated events ${figures.repeatedEvents} (same source and id)`)
  console.log(formatFigures(figures))
  return figures.accepted >= images && figures.lost === 0 && figures.duplicatedEffects === 0
}

export function printFindings(findings: string[]): void {
  for (const finding of findings.slice(0, maxPrintedFindings)) console.log(finding)
}

export function readArguments(defaults: FaultLimits): FaultLimits {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: String(defaults.images) },
      seconds: { type: 'string', default: String(defaults.seconds) },
    },
  })
  return {
    images: integerOption(values.images, '--images'),
    seconds: integerOption(values.seconds, '--seconds'),
  }
}

function createProgressLog(): FaultRun['say'] {
  const startedAt = performance.now()
  return (text) =>
    console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${text}`)
}
