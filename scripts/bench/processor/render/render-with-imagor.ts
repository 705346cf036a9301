import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type VariantSpec, variants } from '../../../../core/images/variants.ts'
import { limitConcurrency } from '../../../../core/limit-concurrency.ts'
import { findFreePorts } from '../../../services/find-free-ports.ts'
import { findVersion } from '../find-version.ts'
import { peakMegabytes, readCpuSeconds } from '../read-process.ts'
import { outputFile } from './outputs.ts'
import type { RenderSample, RenderTask } from './render-sample.ts'

const program = 'imagor'

/** The version of imagor, or undefined if it is not on the PATH. */
export const findImagor = () => findVersion(program, '-version')

/** Renders the same variants with an image server in Go on libvips, one request per variant. Its WebP encoder uses libvips' default effort, 4. */
export async function renderWithImagor({ photos, inFlight, directory }: RenderTask): Promise<RenderSample> {
  const [port = 0] = await findFreePorts(1)
  // Not a parent folder, because imagor serves no files below a folder whose name begins with a dot.
  const folder = dirname(photos[0] ?? '')
  const flags = ['-imagor-unsafe', '-file-loader-base-dir', folder, '-bind', `127.0.0.1:${port}`]
  const server = spawn(program, flags, { stdio: 'ignore' })
  const pid = server.pid ?? 0
  try {
    await waitUntilHealthy(`http://127.0.0.1:${port}/healthcheck`)
    const limit = limitConcurrency(inFlight)
    const cpuBefore = await readCpuSeconds(pid)
    const startedAt = performance.now()
    const outputBytes = await Promise.all(photos.map((photo) => limit(() => renderPhoto(photo))))
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cpuSeconds: (await readCpuSeconds(pid)) - cpuBefore,
      peakMegabytes: await peakMegabytes(pid),
      outputBytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0),
    }
  } finally {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  }

  async function renderPhoto(photo: string): Promise<number> {
    let outputBytes = 0
    for (const spec of variants) {
      const answer = await fetch(
        `http://127.0.0.1:${port}/unsafe/${describe(spec)}/${encodeURIComponent(basename(photo))}`,
      )
      if (!answer.ok) throw new Error(`imagor answered ${answer.status} for ${photo}`)
      const bytes = Buffer.from(await answer.arrayBuffer())
      await writeFile(outputFile(directory, photo, spec.name), bytes)
      outputBytes += bytes.length
    }
    return outputBytes
  }
}

function describe({ width, height, fit, quality }: VariantSpec): string {
  const box = fit === 'inside' ? `fit-in/${width}x${height}` : `${width}x${height}`
  return `${box}/filters:format(webp):quality(${quality}):strip_exif():no_upscale()`
}

async function waitUntilHealthy(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const healthy = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (healthy) return
    await sleep(50)
  }
  throw new Error('imagor did not start')
}
