/**
 * Processes many images in this process, two at a time, and prints the outcomes and the memory samples as JSON. A warm-up comes first,
 * until the allocator and V8 have reached the size that the largest images need.
 * @example node soak-program.ts 5000
 */
import { readFile } from 'node:fs/promises'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { createRandom } from '../../testkit/hostile/create-random.ts'
import type { HostileInput } from '../../testkit/hostile/hostile-input.ts'
import { makeCutOff, makeFlipped } from '../../testkit/hostile/make-damaged.ts'
import { makeOddities } from '../../testkit/hostile/make-oddities.ts'
import { makePolyglots } from '../../testkit/hostile/make-polyglots.ts'
import { createMemoryProcessor } from '../../testkit/memory/create-memory-processor.ts'
import { processBytes } from '../../testkit/memory/process-bytes.ts'

export interface SoakReport {
  /** Number of images by outcome: `ready`, or the reason of the rejection. */
  outcomes: Record<string, number>
  /** Resident memory of the process, sampled at regular intervals. */
  residentBytes: number[]
}

type SoakInput = Pick<HostileInput, 'bytes' | 'contentType'>

const inFlight = 2
const sampleCount = 500
const warmUp = 1_000
const photos = ['drum-portrait.jpg', 'stream-baseline.jpg', 'dogs-orientation-6.jpg']

const total = Number(process.argv[2])
const pools = await makePools()
const random = createRandom(9)
const processor = createMemoryProcessor()
const outcomes: Record<string, number> = {}
const residentBytes: number[] = []
let done = 0

const limit = limitConcurrency(inFlight)
await soakWith(warmUp, processOne)
await soakWith(total, processAndCount)
console.log(JSON.stringify({ outcomes, residentBytes } satisfies SoakReport))

async function soakWith(images: number, work: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: images }, () => limit(work)))
}

async function processAndCount(): Promise<void> {
  const outcome = await processOne()
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  if (++done % Math.ceil(total / sampleCount) === 0) residentBytes.push(process.memoryUsage.rss())
}

/** Returns the outcome, or the reason of a rejection. */
async function processOne(): Promise<string> {
  const pool = pools[random(pools.length)] ?? []
  const { bytes, contentType } = pool[random(pool.length)] as SoakInput
  const { outcome, reason, error } = await processBytes(processor, bytes, contentType)
  if (outcome === undefined) throw new Error(error)
  return reason ?? outcome
}

/** Pools are picked with equal probability: of twenty, one is a photograph, twelve are other valid images and seven are damaged. */
async function makePools(): Promise<SoakInput[][]> {
  const oddities = await makeOddities()
  const valid = [...oddities, ...(await makePolyglots())]
  const damaged = [...(await Array.fromAsync(makeCutOff())), ...(await Array.fromAsync(makeFlipped()))]
  const folder = new URL('../../../processor/test/photos/', import.meta.url)
  const photographs = await Promise.all(
    photos.map(async (name) => {
      const bytes = await readFile(new URL(name, folder))
      return { bytes, contentType: 'image/jpeg' } as const
    }),
  )
  return [photographs, ...Array<SoakInput[]>(12).fill(valid), ...Array<SoakInput[]>(7).fill(damaged)]
}
