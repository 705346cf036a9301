/**
 * Processes very many images of all kinds, one after another and two at a time, in this one process, and prints as JSON
 * how they ended and what memory the process held meanwhile. @example node soak-program.ts 5000
 */
import { readFile } from 'node:fs/promises'
import { limitConcurrency } from '../../core/limit-concurrency.ts'
import { processImage } from '../../processor/process-image.ts'
import { createMemoryRoom } from '../../processor/test/doubles/create-memory-room.ts'
import { createRandom } from '../../processor/test/hostile/create-random.ts'
import type { HostileInput } from '../../processor/test/hostile/hostile-input.ts'
import { makeCutOff, makeFlipped } from '../../processor/test/hostile/make-damaged.ts'
import { makeOddities } from '../../processor/test/hostile/make-oddities.ts'
import { makePolyglots } from '../../processor/test/hostile/make-polyglots.ts'
import type { SoakReport } from './soak-report.ts'

type SoakInput = Pick<HostileInput, 'bytes' | 'contentType'>

const inFlight = 2
const samplesWanted = 500
const photos = ['drum-portrait.jpg', 'stream-baseline.jpg', 'dogs-orientation-6.jpg']

const total = Number(process.argv[2])
const pools = await makePools()
const random = createRandom(9)
const room = createMemoryRoom()
const ends: Record<string, number> = {}
const residentBytes: number[] = []
let done = 0

const limit = limitConcurrency(inFlight)
await Promise.all(Array.from({ length: total }, () => limit(soak)))
console.log(JSON.stringify({ ends, residentBytes } satisfies SoakReport))

async function soak(): Promise<void> {
  const pool = pools[random(pools.length)] ?? []
  const { bytes, contentType } = pool[random(pool.length)] as SoakInput
  const image = room.upload(bytes, contentType)
  const { outcome, reason } = await processImage(image, room.deps)
  room.forget(image)
  const end = reason ?? outcome
  ends[end] = (ends[end] ?? 0) + 1
  if (++done % Math.ceil(total / samplesWanted) === 0) residentBytes.push(process.memoryUsage.rss())
}

/** One pool is as likely as another: of twenty images one is a photograph, twelve are sound, seven damaged. */
async function makePools(): Promise<SoakInput[][]> {
  const oddities = await makeOddities()
  const sound = [...oddities, ...(await makePolyglots())]
  const damaged = [...(await Array.fromAsync(makeCutOff())), ...(await Array.fromAsync(makeFlipped()))]
  const folder = new URL('../../processor/test/photos/', import.meta.url)
  const photographs = await Promise.all(
    photos.map(async (name) => {
      const bytes = await readFile(new URL(name, folder))
      return { bytes, contentType: 'image/jpeg' } as const
    }),
  )
  return [photographs, ...Array<SoakInput[]>(12).fill(sound), ...Array<SoakInput[]>(7).fill(damaged)]
}
