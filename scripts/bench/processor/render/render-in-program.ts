import { startProgram } from '../../start-program.ts'
import type { Render, RenderSample } from './render-sample.ts'

/**
 * Renders with one of the programs beside this file. A process for each sample: the peak of its memory is never forgotten,
 * so it must be this sample's own.
 */
export function renderInProgram(program: `${string}-program.ts`): Render {
  return async (task) => {
    const environment = { RENDER_TASK: JSON.stringify(task), MALLOC_ARENA_MAX: '1' }
    const started = await startProgram(new URL(`./${program}`, import.meta.url), environment)
    try {
      return await started.ask<RenderSample>('render')
    } finally {
      await started.stop()
    }
  }
}
