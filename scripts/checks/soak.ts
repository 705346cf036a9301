/** `npm run soak`: processes thousands of images in one process and checks that its memory does not grow. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../bench/median.ts'
import { inheritedEnvironment } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { smallHeap } from '../testkit/memory/small-heap.ts'
import type { SoakReport } from './soak/soak-program.ts'

const usage = `Usage: npm run soak [-- IMAGES]

Processes 5000 images (valid, unusual, damaged, and some photographs) in one process. Fails if the process uses more than
15 % more memory in the last fifth of the run than in the first, or 25 % in runs of fewer images.`

/**
 * Largest accepted ratio of the last fifth to the first. In short runs the allocator alone causes up to 1.15. A leak of 10 kB per image
 * exceeds the limit in 5,000 images, one of 100 kB in 1,000.
 */
const findAllowedGrowth = (images: number) => (images < 5_000 ? 1.25 : 1.15)

await runCommand(main)

async function main(): Promise<number> {
  const options = { help: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [images = '5000', ...rest] = positionals
  if (values.help || rest.length > 0 || !/^[1-9]\d*$/.test(images)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const startedAt = performance.now()
  const { outcomes, residentBytes } = await soak(images)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(`${images} images in ${seconds} s: ${JSON.stringify(outcomes)}`)

  const fifths = medianOfFifths(residentBytes)
  const growth = (fifths.at(-1) ?? Number.NaN) / (fifths[0] ?? Number.NaN)
  const allowedGrowth = findAllowedGrowth(Number(images))
  const isFlat = growth <= allowedGrowth
  console.log(
    `resident memory, medians of fifths: ${fifths.map(toMegabytes).join(', ')} MB; ` +
      `last ÷ first ${growth.toFixed(2)}, ${isFlat ? 'flat' : `more than ${allowedGrowth}`}`,
  )
  return isFlat ? 0 : 1
}

async function soak(images: string): Promise<SoakReport> {
  const program = fileURLToPath(new URL('./soak/soak-program.ts', import.meta.url))
  // The setting that processor/README.md recommends for production.
  const env = { ...inheritedEnvironment(), MALLOC_ARENA_MAX: '1' }
  const child = spawn(process.execPath, [...smallHeap, program, images], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [report, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (code !== 0) throw new Error(`The soak process ended with ${signal ?? `code ${code}`}.`)
  return JSON.parse(report)
}

function medianOfFifths(samples: number[]): number[] {
  const fifth = Math.ceil(samples.length / 5)
  return [0, 1, 2, 3, 4].map((at) => median(samples.slice(at * fifth, (at + 1) * fifth)))
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
