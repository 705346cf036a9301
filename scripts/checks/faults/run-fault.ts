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

type Scenario = (run: FaultRun) => Promise<Figures>

interface FaultLimits {
  images: number
  /** Time limit of the run. */
  seconds: number
}

const maxPrintedFindings = 10

/** Time for counting and cleaning up after the time limit. */
const graceMs = 60_000

/** Runs one fault scenario with the limits from the command line: `--images` and `--seconds`. */
export function runFault(defaults: FaultLimits, scenario: Scenario): Promise<void> {
  return runFaultFor(() => ({ limits: readArguments(defaults), scenario }))
}

/**
 * Runs one fault scenario and prints its figures in one line. The exit code is 0 only if every image was accepted, none was
 * lost and no effect was duplicated. The process ends at most a minute after its time limit, even if something hangs.
 * @param readOptions may throw: its message is printed
 */
export async function runFaultFor(
  readOptions: () => { limits: FaultLimits; scenario: Scenario },
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
      print(figures)
      const isClean = figures.accepted >= images && figures.lost === 0 && figures.duplicatedEffects === 0
      if (isClean) await rm(directory, { recursive: true })
      else console.error(`The logs are in ${directory}/logs`)
      return isClean ? 0 : 1
    } finally {
      clearTimeout(hardLimit)
    }
  })
}

async function runScenario(
  scenario: Scenario,
  run: Pick<FaultRun, 'images' | 'directory' | 'signal'>,
): Promise<Figures> {
  const stops: Stop[] = []
  const onStop = (stop: Stop) => void stops.push(stop)
  try {
    return await scenario({ ...run, say: createProgressLog(), onStop })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

function print(figures: Figures): void {
  for (const finding of figures.findings.slice(0, maxPrintedFindings)) console.log(finding)
  console.log(`repeated events ${figures.repeatedEvents} (same source and id)`)
  console.log(formatFigures(figures))
}

function readArguments(defaults: FaultLimits): FaultLimits {
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
