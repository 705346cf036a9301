import { medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { takeTurns } from '../take-turns.ts'
import { useDirectory } from '../use-directory.ts'
import { findPhotographs } from './find-photographs.ts'
import { renderInProgram } from './render/render-in-program.ts'
import type { RenderSample, RenderTask } from './render/render-sample.ts'

const render = renderInProgram('processor-program.ts')
const rows = {
  one: { title: '1 worker, 1 in flight', workers: 1, inFlight: 1 },
  inOne: { title: '1 worker, 2 in flight', workers: 1, inFlight: 2 },
  two: { title: '2 workers, 1 in flight each', workers: 2, inFlight: 1 },
}
type Row = keyof typeof rows

const rounds = 9
const budgetSeconds = 90

/** Checks that two workers process twice as many images as one, since they share nothing. */
export async function compareWorkers(): Promise<void> {
  const { baseline, progressive, note } = await findPhotographs()
  const photos = [...baseline, ...progressive]
  const names = Object.keys(rows) as Row[]
  const samples = await useDirectory((directory) =>
    takeTurns(names, { rounds, budgetSeconds }, (row) => measure(rows[row], { photos, directory })),
  )
  const rate = ({ images, seconds }: WorkersSample) => images / seconds
  const cpu = ({ images, cpuSeconds }: WorkersSample) => cpuSeconds / images
  printTable({
    title: `Processor: images per second by number of workers; medians of ${samples.one.length} rounds`,
    head: ['', 'images/s', '÷ one', 'CPU ms/image', '÷ one', 'cores busy'],
    rows: names.map((row) => [
      rows[row].title,
      medianOf(samples[row], rate).toFixed(2),
      medianRatio(samples[row], samples.one, rate).toFixed(2),
      (medianOf(samples[row], cpu) * 1000).toFixed(0),
      medianRatio(samples[row], samples.one, cpu).toFixed(2),
      medianOf(samples[row], ({ cpuSeconds, seconds }) => cpuSeconds / seconds).toFixed(2),
    ]),
    notes: [note, 'If fewer cores are busy than there are workers, other programs used them: compare CPU.'],
  })
}

interface WorkersSample extends Pick<RenderSample, 'seconds' | 'cpuSeconds'> {
  images: number
}

/** Each of two workers gets as many images as one alone. */
async function measure(
  { workers, inFlight }: (typeof rows)[Row],
  task: Omit<RenderTask, 'inFlight'>,
): Promise<WorkersSample> {
  const samples = await Promise.all([...Array(workers).keys()].map(() => render({ ...task, inFlight })))
  return {
    images: task.photos.length * workers,
    seconds: Math.max(...samples.map(({ seconds }) => seconds)),
    cpuSeconds: samples.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  }
}
