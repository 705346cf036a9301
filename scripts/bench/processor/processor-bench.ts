import { comparePhotoQuality } from './compare-quality.ts'
import { compareTools } from './compare-tools.ts'
import { compareWorkers } from './compare-workers.ts'
import { followUploads } from './follow-uploads.ts'
import { measureMemory } from './measure-memory.ts'

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
