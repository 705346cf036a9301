import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Stop } from '../../local/backing.ts'
import { runCommand } from '../../run-command.ts'
import { type Figures, formatFigures } from './evidence/figures.ts'

export interface FaultRun {
  images: number
  /** For data and logs; removed when all went well. */
  directory: string
  /** Aborted when the time of this run is over. */
  signal: AbortSignal
  say: (text: string) => void
  /** Takes what must be done at the end; the last one first. */
  onStop: (stop: Stop) => void
}

interface FaultDefaults {
  images: number
  /** Time for all of it. */
  seconds: number
}

/** Of many, the first ones say it. */
const maxFindings = 10

/** For counting and cleaning up when the time is over. */
const graceMs = 60_000

/**
 * Tells the story of one fault, and prints its figures in one line. The exit code is 0 only when every image was accepted,
 * none was lost and nothing was done twice. It ends within its time, and a minute, whatever hangs.
 */
export async function runFault(
  defaults: FaultDefaults,
  story: (run: FaultRun) => Promise<Figures>,
): Promise<void> {
  await runCommand(async () => {
    const { images, seconds } = readArguments(defaults)
    const timeIsOver = setTimeout(() => process.exit(1), seconds * 1_000 + graceMs)
    const directory = await mkdtemp(join(tmpdir(), 'hashgate-fault-'))
    try {
      const figures = await tell(story, { images, directory, signal: AbortSignal.timeout(seconds * 1_000) })
      print(figures)
      const isClean = figures.accepted >= images && figures.lost === 0 && figures.duplicatedEffects === 0
      if (isClean) await rm(directory, { recursive: true })
      else console.error(`The logs are in ${directory}/logs`)
      return isClean ? 0 : 1
    } finally {
      clearTimeout(timeIsOver)
    }
  })
}

async function tell(
  story: (run: FaultRun) => Promise<Figures>,
  run: Pick<FaultRun, 'images' | 'directory' | 'signal'>,
): Promise<Figures> {
  const stops: Stop[] = []
  const onStop = (stop: Stop) => void stops.push(stop)
  try {
    return await story({ ...run, say: startSaying(), onStop })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

function print(figures: Figures): void {
  for (const finding of figures.findings.slice(0, maxFindings)) console.log(finding)
  console.log(`repeated events ${figures.repeatedEvents} (same source and id)`)
  console.log(formatFigures(figures))
}

function readArguments(defaults: FaultDefaults): FaultDefaults {
  const { values } = parseArgs({ options: { images: { type: 'string' }, seconds: { type: 'string' } } })
  return {
    images: readCount('images', values.images, defaults.images),
    seconds: readCount('seconds', values.seconds, defaults.seconds),
  }
}

function readCount(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} is a whole number from 1.`)
  return Number(text)
}

function startSaying(): FaultRun['say'] {
  const startedAt = performance.now()
  return (text) =>
    console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${text}`)
}
