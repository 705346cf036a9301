import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import tap, { test } from 'tap'
import type { HostileInput } from '../../../scripts/testkit/hostile/hostile-input.ts'
import { makeAnimations, makeBombs, makeLargest } from '../../../scripts/testkit/hostile/make-bombs.ts'
import {
  makeCutOff,
  makeFlipped,
  makeMisdeclared,
  makeStumps,
} from '../../../scripts/testkit/hostile/make-damaged.ts'
import { makeHostileHeic } from '../../../scripts/testkit/hostile/make-hostile-heic.ts'
import { makeOddities } from '../../../scripts/testkit/hostile/make-oddities.ts'
import { makePolyglots } from '../../../scripts/testkit/hostile/make-polyglots.ts'
import { smallHeap } from '../../../scripts/testkit/memory/small-heap.ts'
import type { CorpusEnd, CorpusReport, ListedInput } from './process-corpus.ts'

const program = new URL('./process-corpus.ts', import.meta.url).pathname

// About 20 seconds of one core, which take longer on a busy machine.
tap.setTimeout(600_000)

test('every upload becomes ready or rejected, in one process and within its memory', async (t) => {
  const folder = t.testdir()
  const inputs = await writeCorpus(folder)
  const { ends, usedBytes } = await processCorpus(folder)
  t.equal(ends.length, inputs.length, 'the process did not crash')

  const wrong = inputs.flatMap((input, index) => findFault(input, ends[index]))
  t.strictSame(wrong, [], 'every input has the expected outcome')
  for (const line of countEnds(inputs, ends)) t.comment(line)

  const used = Math.round(usedBytes.others / 1e6)
  t.ok(used < 300, `${used} MB above the idle process, bombs included`)
  const usedByAnimations = Math.round(usedBytes.animations / 1e6)
  t.ok(usedByAnimations < 560, `${usedByAnimations} MB with two animations in flight that share the budget`)
  const usedByLargest = Math.round(usedBytes.largest / 1e6)
  t.ok(usedByLargest < 720, `${usedByLargest} MB for one image whose decoder may take 640 MB`)
})

async function writeCorpus(folder: string): Promise<ListedInput[]> {
  const sources = [
    makeStumps(),
    makeMisdeclared(),
    makeCutOff(),
    makeFlipped(),
    await makePolyglots(),
    await makeOddities(),
    await makeBombs(),
    makeHostileHeic(),
    await makeAnimations(),
    await makeLargest(),
  ]
  const listed: ListedInput[] = []
  for (const source of sources) {
    for await (const { bytes, ...input } of source as Iterable<HostileInput>) {
      const file = `${listed.length}.bin`
      await writeFile(join(folder, file), bytes)
      listed.push({ ...input, file })
    }
  }
  await writeFile(join(folder, 'index.json'), JSON.stringify(listed))
  return listed
}

/** @throws Error with the input that the process was reading when it died */
async function processCorpus(folder: string): Promise<CorpusReport> {
  // One arena, as in production (processor/README.md): with more, glibc's caches would count as memory in use.
  const env = { ...process.env, MALLOC_ARENA_MAX: '1' }
  const child = spawn(process.execPath, [...smallHeap, program, folder], { env })
  const [report, progress, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code === 0) return JSON.parse(report)
  throw new Error(`ended by ${signal ?? code}, at: ${progress.split('\n').slice(-4).join('; ')}`)
}

function findFault(input: ListedInput, end: CorpusEnd | undefined): string[] {
  const { group, name, expected } = input
  const ended = end?.error ?? end?.reason ?? end?.outcome ?? 'nothing'
  const isVerdict = end?.outcome === 'ready' || end?.outcome === 'rejected'
  const isGivenUp = end?.reason === 'processing_timeout' || end?.reason === 'processing_failed'
  const isExpected = expected === 'either' ? isVerdict && !isGivenUp : ended === expected
  if (isExpected && !end?.leaked) return []
  return [`${group}: ${name}: ${end?.leaked ? 'leaked' : ended} instead of ${expected}`]
}

/** `bombs: 32: 20 too_many_pixels, 12 image_corrupt` for each group, and one line for all. */
function countEnds(inputs: ListedInput[], ends: CorpusEnd[]): string[] {
  const verdicts = ends.map(({ outcome, reason }, index) => ({
    group: inputs[index]?.group ?? '',
    verdict: reason ?? outcome ?? 'error',
  }))
  const lines = Object.entries(Object.groupBy(verdicts, ({ group }) => group)).map(([group, all = []]) => {
    const counts = Object.entries(Object.groupBy(all, ({ verdict }) => verdict))
    const summary = counts.map(([verdict, some]) => `${some?.length} ${verdict}`).join(', ')
    return `${group}: ${all.length}: ${summary}`
  })
  return [...lines, `all: ${ends.length}`]
}
