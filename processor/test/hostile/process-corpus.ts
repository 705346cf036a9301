/**
 * A program: processes the inputs that a folder's `index.json` lists, two at a time, those "at the limit" one at a time and
 * last, and prints as JSON how each ended and the most memory that the process has had.
 * @example node process-corpus.ts FOLDER
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { processImage } from '../../process-image.ts'
import { createMemoryRoom } from '../doubles/create-memory-room.ts'
import { type HostileInput, payload } from './hostile-input.ts'

export type ListedInput = Omit<HostileInput, 'bytes'> & { file: string }

export interface CorpusEnd {
  outcome?: string
  reason?: string
  /** What was thrown: no input may make that happen. */
  error?: string
  /** Whether an output holds what the input carried besides its pixels. */
  leaked?: boolean
}

export interface CorpusReport {
  ends: CorpusEnd[]
  baselineBytes: number
  /** Of all but the last, large ones. */
  peakBytes: number
  /** Before the last, large ones, and their most. */
  residentBytes: number
  largestPeakBytes: number
}

const [folder = '.'] = process.argv.slice(2)
const inputs: ListedInput[] = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
const room = createMemoryRoom()
const isLarge = ({ group }: ListedInput) => group === 'at the limit'

const baselineBytes = process.memoryUsage.rss()
const ends = await processAll(
  inputs.filter((input) => !isLarge(input)),
  2,
)
const peakBytes = await readPeakBytes()
const residentBytes = process.memoryUsage.rss()
ends.push(...(await processAll(inputs.filter(isLarge), 1)))
const largestPeakBytes = await readPeakBytes()
const report: CorpusReport = { ends, baselineBytes, peakBytes, residentBytes, largestPeakBytes }
console.log(JSON.stringify(report))

/** Not `maxRSS`, which remembers the process that this one was forked from. Source: proc(5), getrusage(2). */
async function readPeakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? []
  return kilobytes ? Number(kilobytes) * 1024 : process.resourceUsage().maxRSS * 1024
}

function processAll(inputs: ListedInput[], inFlight: number): Promise<CorpusEnd[]> {
  const limit = limitConcurrency(inFlight)
  return Promise.all(inputs.map((input) => limit(() => processInput(input))))
}

async function processInput({ group, name, file, contentType }: ListedInput): Promise<CorpusEnd> {
  // The last ones of these lines name the culprits, should the process die.
  process.stderr.write(`${group}: ${name}\n`)
  const image = room.upload(await readFile(join(folder, file)), contentType)
  try {
    const { outcome, reason } = await processImage(image, room.deps)
    const leaked = room.outputsOf(image).some((bytes) => bytes.includes(payload))
    return { outcome, reason, leaked }
  } catch (error) {
    return { error: String(error) }
  } finally {
    room.forget(image)
  }
}
