/**
 * Processes very many images of all kinds, two at a time, in this one process, and prints as JSON how they ended and what
 * memory the process held meanwhile. A fifth more go before them: the allocator first takes what the largest need.
 * @example node soak-program.ts 5000
 */
import { readFile } from 'node:fs/promises'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { processImage } from '../../../processor/pipeline/process-image.ts'
import { createMemoryProcessor } from '../../testkit/create-memory-processor.ts'
import { createRandom } from '../../testkit/hostile/create-random.ts'
import type { HostileInput } from '../../testkit/hostile/hostile-input.ts'
import { makeCutOff, makeFlipped } from '../../testkit/hostile/make-damaged.ts'
import { makeOddities } from '../../testkit/hostile/make-oddities.ts'
import { makePolyglots } from '../../testkit/hostile/make-polyglots.ts'
import type { SoakReport } from './soak-report.ts'

type SoakInput = Pick<HostileInput, 'bytes' | 'contentType'>

const inFlight = 2
const samplesWanted = 500
const photos = ['drum-portrait.jpg', 'stream-baseline.jpg', 'dogs-orientation-6.jpg']

const total = Number(process.argv[2])
const pools = await makePools()
const random = createRandom(9)
const room = createMemoryProcessor()
const ends: Record<string, number> = {}
const residentBytes: number[] = []
let done = 0

const limit = limitConcurrency(inFlight)
await soakWith(Math.ceil(total / 5), processOne)
await soakWith(total, processAndCount)
console.log(JSON.stringify({ ends, residentBytes } satisfies SoakReport))

async function soakWith(images: number, work: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: images }, () => limit(work)))
}

async function processAndCount(): Promise<void> {
  const end = await processOne()
  ends[end] = (ends[end] ?? 0) + 1
  if (++done % Math.ceil(total / samplesWanted) === 0) residentBytes.push(process.memoryUsage.rss())
}

/** Returns how it ended. */
async function processOne(): Promise<string> {
  const pool = pools[random(pools.length)] ?? []
  const { bytes, contentType } = pool[random(pool.length)] as SoakInput
  const image = room.upload(bytes, contentType)
  const { outcome, reason } = await processImage(image, room.deps)
  room.forget(image)
  return reason ?? outcome
}

/** One pool is as likely as another: of twenty images one is a photograph, twelve are sound, seven damaged. */
async function makePools(): Promise<SoakInput[][]> {
  const oddities = await makeOddities()
  const sound = [...oddities, ...(await makePolyglots())]
  const damaged = [...(await Array.fromAsync(makeCutOff())), ...(await Array.fromAsync(makeFlipped()))]
  const folder = new URL('../../../processor/test/photos/', import.meta.url)
  const photographs = await Promise.all(
    photos.map(async (name) => {
      const bytes = await readFile(new URL(name, folder))
      return { bytes, contentType: 'image/jpeg' } as const
    }),
  )
  return [photographs, ...Array<SoakInput[]>(12).fill(sound), ...Array<SoakInput[]>(7).fill(damaged)]
}
