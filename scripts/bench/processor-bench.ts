import { comparePhotoQuality } from './processor/compare-quality.ts'
import { compareTools } from './processor/compare-tools.ts'
import { compareWorkers } from './processor/compare-workers.ts'
import { followUploads } from './processor/follow-uploads.ts'
import { measureMemory } from './processor/measure-memory.ts'

/** Each can be run alone. */
export const processorBenches = {
  'processor-tools': compareTools,
  'processor-quality': comparePhotoQuality,
  'processor-memory': measureMemory,
  'processor-workers': compareWorkers,
  'processor-way': followUploads,
}

/** What the processor costs, how good its outputs are, what it holds, how it scales, and where an upload's time goes. */
export async function benchProcessor(): Promise<void> {
  for (const bench of Object.values(processorBenches)) await bench()
}
