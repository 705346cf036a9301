import { startProgram } from '../../start-program.ts'
import type { Render, RenderSample } from './render-sample.ts'

/**
 * Renders with one of the programs in this directory. Each sample gets its own process, because the peak memory of a process never
 * decreases.
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
