import type { AcceptedContentType } from '../../core/images/formats.ts'
import { newRecord } from '../../core/images/image-record.ts'
import { variants } from '../../core/images/variants.ts'
import type { ProcessorDeps, Work } from '../../processor/pipeline/stages.ts'
import { inspectImage } from '../../processor/pipeline/steps/inspect-image.ts'
import { createMemoryBucket } from './create-memory-bucket.ts'
import { createMemoryEventBus } from './create-memory-event-bus.ts'
import { createTestClock } from './create-test-clock.ts'
import { sha256 } from './create-test-processor.ts'
import { testLimits } from './test-limits.ts'

const startMs = Date.UTC(2026, 10, 22, 10)

/** The state of an image after `fetchOriginal`. */
export function fetchedWork(original: Buffer, contentType: AcceptedContentType): Work<'fetched'> {
  const request = { tenant: 'local', imageId: sha256(original), byteLength: original.length, contentType }
  const record = { ...newRecord(request, startMs, 604_800), status: 'processing', attempts: 1 } as const
  return { stage: 'fetched', record, owner: 'test', original, contentType }
}

export function inspectedWork(
  original: Buffer,
  contentType: AcceptedContentType,
  deps: ProcessorDeps,
): Promise<Work<'inspected'>> {
  return inspectImage(fetchedWork(original, contentType), deps)
}

/** Dependencies for steps that do not use the catalog. */
export function createStepDeps(limits: Partial<ProcessorDeps['limits']> = {}) {
  const unreachable = () => Promise.reject(new Error('this step must not use the catalog'))
  const catalog = {
    find: unreachable,
    claim: unreachable,
    claimForReprocess: unreachable,
    finish: unreachable,
    completeReprocess: unreachable,
    completeLease: unreachable,
    handOffToRelay: unreachable,
    release: unreachable,
  }
  const clock = createTestClock(startMs)
  const processedBucket = createMemoryBucket()
  const eventBus = createMemoryEventBus()
  const deps: ProcessorDeps = {
    catalog,
    rawBucket: createMemoryBucket(),
    processedBucket,
    eventBus,
    variants,
    recipe: 'f00d',
    heic: true,
    keepLocation: false,
    limits: { ...testLimits, ...limits },
    now: clock.now,
    timers: clock.timers,
  }
  return { deps, clock, processedBucket, eventBus }
}
