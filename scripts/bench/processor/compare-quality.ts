import { type VariantSpec, variants } from '../../../core/images/variants.ts'
import { printTable } from '../print-table.ts'
import { findPhotographs } from './find-photographs.ts'
import { drawReference, measureQuality, type Quality } from './measure-quality.ts'
import { renderFrames } from './render/render-frames.ts'
import { renderSeparately } from './render/render-separately.ts'
import { renderWithSteps } from './render/render-with-steps.ts'

interface Measured extends Quality {
  bytes: number
}

interface Tried extends Measured {
  spec: VariantSpec
  quality: number
  effort: number
  cpuMs: number
}

type References = Map<string, Awaited<ReturnType<typeof drawReference>>>

const effortsTried = [0, 1, 2, 3, 4, 5, 6]
const mostBytes = 1.02

/** Compares SSIM, PSNR and bytes of the variants with those of separate pipelines and of every encoder effort. */
export async function comparePhotoQuality(): Promise<void> {
  const { baseline, progressive, note } = await findPhotographs()
  // If both codings have the same pixels, measure one.
  const photos = note.startsWith('SKIPPED') ? [...baseline, ...progressive] : baseline
  const ours = new Map<string, Measured[]>()
  const theirs = new Map<string, Measured[]>()
  const tried: Tried[] = []
  for (const photo of photos) {
    const references: References = new Map()
    for (const spec of variants) references.set(spec.name, await drawReference(photo, spec))
    await addQuality(ours, await renderWithSteps(photo), references)
    await addQuality(theirs, await renderSeparately(photo), references)
    tried.push(...(await tryEfforts(photo, references)))
  }
  printComparison(ours, theirs, note)
  printEfforts(tried, theirs)
}

async function addQuality(
  to: Map<string, Measured[]>,
  outputs: { name: string; bytes: Buffer }[],
  references: References,
): Promise<void> {
  for (const { name, bytes } of outputs) {
    to.set(name, [...(to.get(name) ?? []), await measureOutput(bytes, name, references)])
  }
}

async function measureOutput(bytes: Buffer, name: string, references: References): Promise<Measured> {
  const reference = references.get(name)
  if (!reference) throw new Error(`${name} has no reference`)
  return { bytes: bytes.length, ...(await measureQuality(bytes, reference)) }
}

async function tryEfforts(photo: string, references: References): Promise<Tried[]> {
  const tried: Tried[] = []
  for (const { spec, encode } of await renderFrames(photo)) {
    for (const effort of effortsTried) {
      for (const quality of new Set([80, spec.quality])) {
        const cpuBefore = process.cpuUsage()
        const bytes = await encode({ quality, effort })
        const { user, system } = process.cpuUsage(cpuBefore)
        const cpuMs = (user + system) / 1000
        tried.push({ spec, quality, effort, cpuMs, ...(await measureOutput(bytes, spec.name, references)) })
      }
    }
  }
  return tried
}

function printComparison(ours: Map<string, Measured[]>, theirs: Map<string, Measured[]>, note: string): void {
  const all = (of: Map<string, Measured[]>) => [...of.values()].flat()
  const row = (title: string, our: Measured[] = [], their: Measured[] = []) => [
    title,
    ...[our, their].flatMap((of) => [
      mean(of, ({ psnr }) => psnr).toFixed(2),
      mean(of, ({ ssim }) => ssim).toFixed(4),
      kilobytes(of).toFixed(1),
    ]),
    (kilobytes(our) / kilobytes(their)).toFixed(3),
  ]
  const isNoWorse = (our: Measured[] = [], their: Measured[] = []) =>
    mean(our, ({ psnr }) => psnr) >= mean(their, ({ psnr }) => psnr) &&
    mean(our, ({ ssim }) => ssim) >= mean(their, ({ ssim }) => ssim)
  const worse = variants.filter(({ name }) => !isNoWorse(ours.get(name), theirs.get(name)))
  printTable({
    title: `Processor: similarity to a full decode with one Lanczos resize; means of ${all(ours).length / variants.length} photographs`,
    head: ['variant', 'PSNR dB', 'SSIM', 'kB', 'separate: PSNR dB', 'SSIM', 'kB', 'kB ÷ separate'],
    rows: [
      ...variants.map(({ name }) => row(name, ours.get(name), theirs.get(name))),
      row('all', all(ours), all(theirs)),
    ],
    notes: [
      note,
      'Separate: three sharp pipelines at quality 80 and effort 4. Most of their shrinking happens in the JPEG decoder, which costs sharpness.',
      `Goal: no lower PSNR and SSIM over all outputs: ${isNoWorse(all(ours), all(theirs)) ? 'met' : 'NOT met'}${worse.length > 0 ? `; lower alone: ${worse.map(({ name }) => name).join(', ')}` : ''}.`,
      `Goal: bytes at most ${mostBytes} × theirs: ${kilobytes(all(ours)) <= mostBytes * kilobytes(all(theirs)) ? 'met' : 'NOT met'}.`,
    ],
  })
}

function printEfforts(tried: Tried[], theirs: Map<string, Measured[]>): void {
  const groups = Map.groupBy(tried, ({ spec, quality, effort }) => `${spec.name} ${quality} ${effort}`)
  printTable({
    title: "Processor: cost and quality of the WebP encoder's efforts, on the processor's own frames",
    head: ['variant', 'quality', 'effort', 'CPU ms', 'kB', 'kB ÷ separate', 'PSNR dB', 'SSIM', 'chosen'],
    rows: [...groups.values()]
      .toSorted(([a], [b]) => order(a) - order(b))
      .map((group) => {
        const [{ spec, quality, effort } = {} as Tried] = group
        return [
          spec.name,
          quality,
          effort,
          mean(group, ({ cpuMs }) => cpuMs).toFixed(1),
          kilobytes(group).toFixed(1),
          (kilobytes(group) / kilobytes(theirs.get(spec.name) ?? [])).toFixed(3),
          mean(group, ({ psnr }) => psnr).toFixed(2),
          mean(group, ({ ssim }) => ssim).toFixed(4),
          spec.quality === quality && spec.effort === effort ? '*' : '',
        ]
      }),
    notes: [],
  })
}

function order(tried: Tried | undefined): number {
  if (!tried) return 0
  return variants.indexOf(tried.spec) * 10_000 + tried.quality * 10 + tried.effort
}

function mean<Sample>(samples: Sample[], quantity: (sample: Sample) => number): number {
  return samples.reduce((sum, sample) => sum + quantity(sample), 0) / samples.length
}

/** Bytes of the mean output, so that large files weigh more. */
function kilobytes(samples: Measured[]): number {
  return mean(samples, ({ bytes }) => bytes) / 1000
}
