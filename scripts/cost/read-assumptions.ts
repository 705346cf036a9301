import type { ModelStack } from '../../deploy/model/model-deployment.ts'
import type { ImageAssumptions } from './price-images.ts'

/** The values that affect the cost of an image, from the parameters of an environment. */
export function readAssumptions(
  stacks: ModelStack[],
): Pick<ImageAssumptions, 'memoryMiB' | 'retentionDays' | 'compactionMemoryMiB'> {
  const parameter = (stack: string, name: string) =>
    Number(stacks.find((model) => model.stack === stack)?.parameters[name])
  return {
    memoryMiB: parameter('processor', 'MemoryMiB'),
    retentionDays: parameter('storage', 'RetentionDays'),
    compactionMemoryMiB: parameter('compaction', 'MemoryMiB'),
  }
}
