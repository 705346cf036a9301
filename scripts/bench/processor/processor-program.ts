/** Renders photos with the processor's own steps, from the bytes to the variants. What S3 would do is left to files. */
import { readFile, writeFile } from 'node:fs/promises'
import type { ImageRecord } from '../../../core/image-record.ts'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import { variants } from '../../../core/variants.ts'
import { inspectImage } from '../../../processor/steps/inspect-image.ts'
import { renderVariants } from '../../../processor/steps/render-variants.ts'
import type { ProcessorDeps } from '../../../processor/work.ts'
import { answerQuestions } from '../answer-questions.ts'
import { outputFile } from './output-file.ts'
import { peakMegabytes } from './read-memory.ts'
import type { RenderSample, RenderTask } from './render-sample.ts'

const { photos, inFlight, directory }: RenderTask = JSON.parse(process.env.RENDER_TASK ?? '{}')

/** These two steps use nothing else. */
const deps = {
  variants,
  limits: {
    maxUploadBytes: 50 * 1024 ** 2,
    maxInputPixels: 100_000_000,
    maxAttempts: 1,
    leaseMs: 120_000,
    imageTimeoutMs: 60_000,
    decodeTimeoutSeconds: 30,
  },
} as unknown as ProcessorDeps

answerQuestions(true, { render })

async function render(): Promise<RenderSample> {
  const limit = limitConcurrency(inFlight)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const outputBytes = await Promise.all(photos.map((photo) => limit(() => renderPhoto(photo))))
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: await peakMegabytes(process.pid),
    outputBytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0),
  }
}

async function renderPhoto(photo: string): Promise<number> {
  const fetched = {
    stage: 'fetched',
    record: {} as ImageRecord,
    owner: 'bench',
    original: await readFile(photo),
    contentType: 'image/jpeg',
  } as const
  const inspected = await inspectImage(fetched, deps)
  const { rendered } = await renderVariants({ ...inspected, stage: 'inspected' }, deps)
  await Promise.all(rendered.map(({ name, bytes }) => writeFile(outputFile(directory, photo, name), bytes)))
  return rendered.reduce((sum, { bytes }) => sum + bytes.length, 0)
}
