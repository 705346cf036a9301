import { deepEqual } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { medianOf, medianRatio } from './median.ts'
import { printTable } from './print-table.ts'
import { readOutputSizes } from './processor/read-output-sizes.ts'
import type { RenderSample, RenderTask } from './processor/render-sample.ts'
import { renderWithProcessor } from './processor/render-with-processor.ts'
import { findVipsthumbnail, renderWithVipsthumbnail } from './processor/render-with-vipsthumbnail.ts'
import { takeTurns } from './take-turns.ts'

const vipsWithEffort = (effort: number) => (task: RenderTask) => renderWithVipsthumbnail(task, effort)

const rows = {
  processor: { title: 'processor', inFlight: 1, render: renderWithProcessor },
  vips: { title: 'vipsthumbnail, WebP effort 2', inFlight: 1, render: vipsWithEffort(2) },
  vipsDefault: { title: 'vipsthumbnail, its default effort 4', inFlight: 1, render: vipsWithEffort(4) },
  processorTwo: { title: 'processor', inFlight: 2, render: renderWithProcessor },
  vipsTwo: { title: 'vipsthumbnail, WebP effort 2', inFlight: 2, render: vipsWithEffort(2) },
} as const
type Row = keyof typeof rows

const rounds = 7
const budgetSeconds = 100
const photoDirectory = fileURLToPath(new URL('../../processor/test/photos/', import.meta.url))

/** CPU, images a second and peak memory of making the three variants, against `vipsthumbnail` making the same. */
export async function benchProcessor(): Promise<void> {
  const vipsVersion = await findVipsthumbnail()
  const measured = (Object.keys(rows) as Row[]).filter((row) => vipsVersion || row.startsWith('processor'))
  const photos = await listLargestFirst(photoDirectory)
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    if (vipsVersion) await assertSameWork({ photos, directory, inFlight: 1 })
    const samples = await takeTurns(measured, { rounds, budgetSeconds }, (row) =>
      rows[row].render({ photos, directory, inFlight: rows[row].inFlight }),
    )
    printSamples(samples, { measured, photoCount: photos.length, vipsVersion })
  } finally {
    remove()
    process.off('exit', remove)
  }
}

/** The largest last would leave the other slot idle at the end. */
async function listLargestFirst(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jpg'))
  const sized = names.map(async (name) => ({
    file: join(directory, name),
    ...(await stat(join(directory, name))),
  }))
  return (await Promise.all(sized)).toSorted((a, b) => b.size - a.size).map(({ file }) => file)
}

/** A comparison of unequal outputs would say nothing. Reads every photo once, too, so that none comes from a cold disk. */
async function assertSameWork(task: RenderTask): Promise<void> {
  await renderWithProcessor(task)
  const ours = await readOutputSizes(task)
  await rows.vips.render(task)
  deepEqual(
    await readOutputSizes(task),
    ours,
    'vipsthumbnail makes outputs of other sizes than the processor',
  )
}

interface Measured {
  measured: Row[]
  photoCount: number
  vipsVersion: string | undefined
}

function printSamples(
  samples: Partial<Record<Row, RenderSample[]>>,
  { measured, photoCount, vipsVersion }: Measured,
): void {
  const cpu = ({ cpuSeconds }: RenderSample) => (cpuSeconds * 1000) / photoCount
  const rate = ({ seconds }: RenderSample) => photoCount / seconds
  const memory = ({ peakMegabytes }: RenderSample) => peakMegabytes
  const kilobytes = ({ outputBytes }: RenderSample) => outputBytes / 1000 / photoCount

  const samplesOf = (row: Row) => samples[row] ?? []

  function describeRow(row: Row): (string | number)[] {
    const { title, inFlight } = rows[row]
    const base = samplesOf(inFlight === 1 ? 'vips' : 'vipsTwo')
    const figures = [cpu, rate, memory].flatMap((quantity, index) => [
      medianOf(samplesOf(row), quantity).toFixed(index === 1 ? 2 : 0),
      base.length > 0 ? medianRatio(samplesOf(row), base, quantity).toFixed(2) : '–',
    ])
    return [title, inFlight, ...figures, medianOf(samplesOf(row), kilobytes).toFixed(0)]
  }

  const roundsDone = samplesOf('processor').length
  printTable({
    title: `Processor: three WebP variants of each of ${photoCount} photos; medians of ${roundsDone} rounds`,
    head: [
      'made by',
      'in flight',
      'CPU ms/image',
      '÷ vips',
      'images/s',
      '÷ vips',
      'peak MB',
      '÷ vips',
      'kB/image',
    ],
    rows: measured.map(describeRow),
    notes: [
      vipsVersion
        ? `"÷ vips" is against vipsthumbnail (${vipsVersion}) at effort 2 and as many images in flight. All write the same pixel sizes.`
        : 'SKIPPED: vipsthumbnail is not on this machine, so there is nothing to compare with (Debian: apt install libvips-tools).',
      'The processor also inspects each file and makes its placeholder; its peak includes Node. vipsthumbnail starts anew for each output.',
    ],
  })
}
