import { comparePhotoQuality } from './compare-quality.ts'
import { compareTools } from './compare-tools.ts'
import { compareWorkers } from './compare-workers.ts'
import { followUploads } from './follow-uploads.ts'
import { measureMemory } from './measure-memory.ts'

/** Benchmarks by name. Each can be run alone. */
export const processorBenches = {
  'processor-tools': compareTools,
  'processor-quality': comparePhotoQuality,
  'processor-memory': measureMemory,
  'processor-workers': compareWorkers,
  'processor-way': followUploads,
}

/** Measures the processor's cost, output quality, memory and scaling, and the time of an upload by step. */
export async function benchProcessor(): Promise<void> {
  for (const bench of Object.values(processorBenches)) await bench()
}
