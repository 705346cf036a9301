import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type VariantSpec, variants } from '../../../../core/images/variants.ts'
import { limitConcurrency } from '../../../../core/limit-concurrency.ts'
import { findVersion } from '../find-version.ts'
import { readChildrenCpuSeconds } from '../read-process.ts'
import { watchMemory } from '../watch-memory.ts'
import { countOutputBytes, outputFile } from './outputs.ts'
import type { RenderSample, RenderTask } from './render-sample.ts'

const program = 'vipsthumbnail'

/** The version of libvips that vipsthumbnail uses, or undefined if it is not installed. */
export const findVipsthumbnail = () => findVersion(program, '--vips-version')

/** Renders the same variants with the command-line tool, in one run per variant, because a run makes one size only. */
export async function renderWithVipsthumbnail(
  task: RenderTask,
  specs: readonly VariantSpec[] = variants,
): Promise<RenderSample> {
  const { photos, inFlight, directory } = task
  const limit = limitConcurrency(inFlight)
  const memory = watchMemory()
  const cpuBefore = await readChildrenCpuSeconds()
  const startedAt = performance.now()
  await Promise.all(photos.map((photo) => limit(() => renderPhoto(photo))))
  const seconds = (performance.now() - startedAt) / 1000
  const cpuSeconds = (await readChildrenCpuSeconds()) - cpuBefore
  return {
    seconds,
    cpuSeconds,
    peakMegabytes: await memory.stop(),
    outputBytes: await countOutputBytes(task),
  }

  async function renderPhoto(photo: string): Promise<void> {
    for (const spec of specs) await run(argumentsFor(photo, spec))
  }

  function argumentsFor(photo: string, spec: VariantSpec): string[] {
    const { name, width, height, fit, quality, effort } = spec
    const output = `${outputFile(directory, photo, name)}[Q=${quality},effort=${effort},strip]`
    const shape = fit === 'cover' ? ['--smartcrop', 'centre'] : []
    // ">" never enlarges, and the image is turned upright by default. No profile, because these photos are already sRGB.
    return [photo, '--size', `${width}x${height}>`, ...shape, '--output', output]
  }

  async function run(args: string[]): Promise<void> {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const { pid = 0 } = child
    memory.living.add(pid)
    const [code] = await once(child, 'exit')
    memory.living.delete(pid)
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with code ${code}`)
  }
}
