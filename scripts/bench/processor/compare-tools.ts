import { deepEqual } from 'node:assert/strict'
import { variants } from '../../../core/images/variants.ts'
import { medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { takeTurns } from '../take-turns.ts'
import { useDirectory } from '../use-directory.ts'
import { type Coding, codings, findPhotographs } from './find-photographs.ts'
import { readOutputSizes } from './render/outputs.ts'
import { renderInProgram } from './render/render-in-program.ts'
import type { Render, RenderSample } from './render/render-sample.ts'
import { findImagor, renderWithImagor } from './render/render-with-imagor.ts'
import { findVipsthumbnail, renderWithVipsthumbnail } from './render/render-with-vipsthumbnail.ts'

const asTheyCome = variants.map((spec) => ({ ...spec, quality: 80, effort: 4 }))

const rows = {
  processor: { title: 'processor', render: renderInProgram('processor-program.ts') },
  vips: { title: 'vipsthumbnail, same settings', render: (task) => renderWithVipsthumbnail(task) },
  vipsDefault: {
    title: 'vipsthumbnail, quality 80, effort 4',
    render: (task) => renderWithVipsthumbnail(task, asTheyCome),
  },
  separate: { title: 'three sharp pipelines', render: renderInProgram('separate-program.ts') },
  imagor: { title: 'imagor', render: renderWithImagor },
} satisfies Record<string, { title: string; render: Render }>
type Row = keyof typeof rows
type Samples = Partial<Record<Row, RenderSample[]>>

const rounds = 9
/** Enough for all rounds, unless the machine is very busy. */
const budgetSeconds = 600
const goals = {
  baseline: { cpuToVips: 0.75, rateToSeparate: 1.8 },
  progressive: { cpuToVips: 0.45, rateToSeparate: 1.8 },
}
const mostBytesToSeparate = 1.02

const cpu = ({ cpuSeconds }: RenderSample) => cpuSeconds
const rate = ({ seconds }: RenderSample) => 1 / seconds
const bytes = ({ outputBytes }: RenderSample) => outputBytes

/** Compares CPU, images per second, peak memory and bytes of rendering the three variants with those of other tools. */
export async function compareTools(): Promise<void> {
  const photographs = await findPhotographs()
  const vips = await findVipsthumbnail()
  const imagor = await findImagor()
  const measured = (Object.keys(rows) as Row[]).filter((row) =>
    row.startsWith('vips') ? vips : row === 'imagor' ? imagor : true,
  )
  const notes = [
    photographs.note,
    vips
      ? `vipsthumbnail uses ${vips} and is started for each output. All tools write the same pixel sizes.`
      : 'SKIPPED: vipsthumbnail is not on this machine (Debian: libvips-tools).',
    imagor
      ? `imagor ${imagor} is one server and gets a request for each output.`
      : "SKIPPED: imagor is not on the PATH. It is not in Debian; its older versions (1.4) can be built with Debian's libvips-dev.",
    'The processor also inspects each file and makes a placeholder. Its peak includes Node.',
  ]
  for (const coding of codings) {
    const photos = photographs[coding]
    const samples = await useDirectory(async (directory) => {
      const task = { photos, directory, inFlight: 1 }
      await assertSameWork(measured, task)
      return takeTurns(measured, { rounds, budgetSeconds }, (row) => rows[row].render(task))
    })
    printSamples(coding, samples, { measured, photoCount: photos.length, notes })
  }
}

/** Checks that all tools write equal outputs. This also reads every photo once, so that none comes from a cold disk. */
async function assertSameWork(measured: Row[], task: Parameters<Render>[0]): Promise<void> {
  await rows.processor.render(task)
  const ours = await readOutputSizes(task)
  for (const row of measured) {
    await rows[row].render(task)
    deepEqual(
      await readOutputSizes(task),
      ours,
      `the output sizes of ${rows[row].title} differ from those of the processor`,
    )
  }
}

interface Measured {
  measured: Row[]
  photoCount: number
  notes: string[]
}

function printSamples(coding: Coding, samples: Samples, { measured, photoCount, notes }: Measured): void {
  const samplesOf = (row: Row) => samples[row] ?? []
  const ratio = (row: Row, quantity: (sample: RenderSample) => number) =>
    medianRatio(samplesOf('processor'), samplesOf(row), quantity)

  printTable({
    title: `Processor, ${coding} JPEG: three WebP variants of each of ${photoCount} photographs, one at a time; medians of ${samplesOf('processor').length} rounds`,
    head: [
      'made by',
      'CPU ms/image',
      'processor ÷ it',
      'images/s',
      'processor ÷ it',
      'peak MB',
      'kB/image',
      'processor ÷ it',
    ],
    rows: measured.map((row) => [
      rows[row].title,
      ((medianOf(samplesOf(row), cpu) * 1000) / photoCount).toFixed(0),
      ratio(row, cpu).toFixed(2),
      (medianOf(samplesOf(row), rate) * photoCount).toFixed(2),
      ratio(row, rate).toFixed(2),
      medianOf(samplesOf(row), ({ peakMegabytes }) => peakMegabytes).toFixed(0),
      (medianOf(samplesOf(row), bytes) / 1000 / photoCount).toFixed(0),
      ratio(row, bytes).toFixed(3),
    ]),
    notes: [...notes, ...judge()],
  })

  function judge(): string[] {
    const { cpuToVips, rateToSeparate } = goals[coding]
    const lines = [
      goal(
        `images/s at least ${rateToSeparate} × the separate pipelines`,
        ratio('separate', rate) >= rateToSeparate,
      ),
      goal(`bytes at most ${mostBytesToSeparate} × theirs`, ratio('separate', bytes) <= mostBytesToSeparate),
    ]
    if (!measured.includes('vips')) return lines
    const toVips = `CPU at most ${cpuToVips} × vipsthumbnail`
    return [
      goal(`${toVips} as it comes`, ratio('vipsDefault', cpu) <= cpuToVips),
      goal(`${toVips} with the same settings`, ratio('vips', cpu) <= cpuToVips),
      ...lines,
    ]
  }
}

function goal(text: string, isMet: boolean): string {
  return `Goal: ${text}: ${isMet ? 'met' : 'NOT met'}.`
}
