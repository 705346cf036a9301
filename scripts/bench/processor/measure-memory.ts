import { median } from '../median.ts'
import { printTable } from '../print-table.ts'
import { useDirectory } from '../use-directory.ts'
import { type Coding, findPhotographs } from './find-photographs.ts'
import { renderInProgram } from './render/render-in-program.ts'

const render = renderInProgram('processor-program.ts')
const rounds = 3
const imagesInFlight = [1, 2, 4]
const mostMegabytes = 350

/** Measures the peak memory of one process with several images in flight. */
export async function measureMemory(): Promise<void> {
  const { heavy, note, ...photographs } = await findPhotographs()
  const sets: [string, string[]][] = [
    ['photographs, baseline', photographs.baseline],
    ['photographs, progressive', photographs.progressive],
    ...(['baseline', 'progressive'] as Coding[]).map((coding): [string, string[]] => [
      `the heaviest, ${coding}`,
      heavy[coding],
    ]),
  ]
  const table: (string | number)[][] = []
  let worstOfTwo = 0
  for (const [title, photos] of sets) {
    const peaks: number[] = []
    for (const inFlight of imagesInFlight) {
      peaks.push(await measurePeak(photos, inFlight))
    }
    const [one = 0, two = 0, four = 0] = peaks
    worstOfTwo = Math.max(worstOfTwo, two)
    table.push([title, ...peaks.map((peak) => peak.toFixed(0)), ((four - one) / 3).toFixed(0)])
  }
  printTable({
    title: `Processor: peak MB of a process, Node included; medians of ${rounds} rounds`,
    head: ['images', '1 in flight', '2', '4', 'for each more'],
    rows: table,
    notes: [
      note,
      'The heaviest: 18 megapixels in 16 MB, and 24 megapixels with full colour and a profile. libvips caches nothing and uses one thread per image.',
      `Goal: at most ${mostMegabytes} MB with two in flight: ${worstOfTwo <= mostMegabytes ? 'met' : 'NOT met'} (${worstOfTwo.toFixed(0)}).`,
    ],
  })
}

async function measurePeak(photos: string[], inFlight: number): Promise<number> {
  const peaks: number[] = []
  await useDirectory(async (directory) => {
    // Each twice, so that `inFlight` images are always in progress.
    const task = { photos: [...photos, ...photos], inFlight, directory }
    for (let round = 0; round < rounds; round++) peaks.push((await render(task)).peakMegabytes)
  })
  return median(peaks)
}
