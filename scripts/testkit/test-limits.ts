import { createMemorySemaphore } from '../../processor/imaging/memory-semaphore.ts'
import type { ProcessorLimits } from '../../processor/pipeline/stages.ts'

/** The defaults of `config.ts`, but with a smaller memory budget and with timeouts that no test reaches on a busy machine. */
export const testLimits: ProcessorLimits = {
  maxUploadBytes: 20_000_000,
  maxInputPixels: 100_000_000,
  maxAnimatedPixels: 100_000_000,
  maxPages: 1_000,
  maxDecodeBytes: 640_000_000,
  maxAttempts: 5,
  leaseMs: 120_000,
  imageTimeoutMs: 600_000,
  decodeTimeoutSeconds: 300,
  withMemory: createMemorySemaphore(140_000_000),
}
