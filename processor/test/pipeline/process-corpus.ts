/**
 * A program: processes the inputs that a folder's `index.json` lists, two at a time, those "at the limit" one at a time and
 * last, and prints as JSON how each ended and the most memory that the process has had.
 * @example node process-corpus.ts FOLDER
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readVariants } from '../../../core/images/read-variants.ts'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { type HostileInput, payload } from '../../../scripts/testkit/hostile/hostile-input.ts'
import { createMemoryProcessor } from '../../../scripts/testkit/memory/create-memory-processor.ts'
import { processBytes } from '../../../scripts/testkit/memory/process-bytes.ts'

export type ListedInput = Omit<HostileInput, 'bytes'> & { file: string }

export interface CorpusEnd {
  outcome?: string
  reason?: string
  /** An error that was thrown, which must not happen for any input. */
  error?: string
  /** Whether an output contains metadata of the input. */
  leaked?: boolean
}

export interface CorpusReport {
  ends: CorpusEnd[]
  /** The peak memory of the process above its initial memory. */
  usedBytes: { others: number; animations: number; largest: number }
}

const [folder = '.'] = process.argv.slice(2)
const inputs: ListedInput[] = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
const fixture = createMemoryProcessor()
/** Variants for the group "animations", which keep all frames. */
const animated = readVariants('[{"name":"moving","width":300,"height":300,"effort":0,"animated":true}]')
const groupOf = ({ group }: ListedInput) =>
  group === 'at the limit' || group === 'animations' ? group : 'others'
const groups = Object.groupBy(inputs, groupOf)

const others = await processGroup(groups.others, 2)
const animations = await processGroup(groups.animations, 2)
const largest = await processGroup(groups['at the limit'], 1)
const report: CorpusReport = {
  ends: [...others.ends, ...animations.ends, ...largest.ends],
  usedBytes: { others: others.usedBytes, animations: animations.usedBytes, largest: largest.usedBytes },
}
console.log(JSON.stringify(report))

async function processGroup(group: ListedInput[] = [], inFlight: number) {
  const residentBytes = process.memoryUsage.rss()
  const ends = await processAll(group, inFlight)
  return { ends, usedBytes: (await readPeakBytes()) - residentBytes }
}

/** Not `maxRSS`, which includes the peak of the parent process. Source: proc(5), getrusage(2). */
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
  // If the process dies, the last lines name the inputs in progress.
  process.stderr.write(`${group}: ${name}\n`)
  const deps = group === 'animations' ? { ...fixture.deps, variants: animated } : fixture.deps
  const bytes = await readFile(join(folder, file))
  const { outputs, outcome, reason, error } = await processBytes({ ...fixture, deps }, bytes, contentType)
  return { outcome, reason, error, leaked: outputs.some(({ bytes }) => bytes.includes(payload)) }
}
