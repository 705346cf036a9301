import { startProgram } from '../start-program.ts'
import type { RenderSample, RenderTask } from './render-sample.ts'

/** A process for each sample: the peak of its memory is never forgotten, so it must be this sample's own. */
export async function renderWithProcessor(task: RenderTask): Promise<RenderSample> {
  const program = new URL('./processor-program.ts', import.meta.url)
  const processor = await startProgram(program, { RENDER_TASK: JSON.stringify(task) })
  try {
    return await processor.ask<RenderSample>('render')
  } finally {
    await processor.stop()
  }
}
