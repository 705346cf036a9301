import { writeFile } from 'node:fs/promises'
import { limitConcurrency } from '../../../../core/limit-concurrency.ts'
import { answerQuestions } from '../../answer-questions.ts'
import { peakMegabytes } from '../read-process.ts'
import { outputFile } from './outputs.ts'
import type { RenderSample, RenderTask } from './render-sample.ts'

interface Output {
  name: string
  bytes: Buffer
}

/** Runs in a program that renders: on request it performs the task from its environment and measures itself. */
export function answerRender(renderPhoto: (photo: string) => Promise<Output[]>): void {
  const { photos, inFlight, directory }: RenderTask = JSON.parse(process.env.RENDER_TASK ?? '{}')
  answerQuestions(true, { render })

  async function render(): Promise<RenderSample> {
    const limit = limitConcurrency(inFlight)
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    const outputBytes = await Promise.all(photos.map((photo) => limit(() => renderAndWrite(photo))))
    const seconds = (performance.now() - startedAt) / 1000
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: await peakMegabytes(process.pid),
      outputBytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0),
    }
  }

  async function renderAndWrite(photo: string): Promise<number> {
    const outputs = await renderPhoto(photo)
    await Promise.all(outputs.map(({ name, bytes }) => writeFile(outputFile(directory, photo, name), bytes)))
    return outputs.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }
}
