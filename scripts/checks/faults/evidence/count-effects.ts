import { type Topic, topicOf, topics } from '../../../../core/events/image-events.ts'
import type { ImageEvent } from '../../../../core/images/image-event.ts'
import { rawKey, variantKey } from '../../../../core/images/object-key.ts'
import { variants } from '../../../../core/images/variants.ts'
import type { Figures } from './figures.ts'
import type { Evidence } from './gather-evidence.ts'
import { groupByImage, type ImageEvidence } from './group-by-image.ts'

/** What was promised to whoever uploads. */
export interface Promised {
  /** Ids of images whose upload request has been answered with a 2xx. */
  granted: ReadonlySet<string>
  /** Ids of images whose bytes were taken by the store, too. */
  stored: ReadonlySet<string>
}

/** @param formerLives raw keys of generations that have been counted before, and are over */
export function countEffects(
  evidence: Evidence,
  { granted, stored }: Promised,
  formerLives: ReadonlySet<string> = new Set(),
): Figures {
  const images = groupByImage(evidence, (key) => formerLives.has(key))
  const unready = [...stored].flatMap((id) => findingsOf(id, whatIsMissing(images.get(id))))
  const unheard = [...granted].flatMap((id) => findingsOf(id, whatIsUnheard(images.get(id))))
  const duplicated = [...images].flatMap(([id, image]) => findingsOf(id, whatIsDouble(image)))
  return {
    accepted: stored.size,
    ready: stored.size - unready.length,
    lost: new Set([...unready, ...unheard].map(({ imageId }) => imageId)).size,
    duplicatedEffects: duplicated.length,
    repeatedEvents: [...images.values()].reduce((sum, { events }) => sum + countRepeats(events), 0),
    findings: [...unready, ...unheard, ...duplicated].map(({ imageId, what }) => `${imageId}: ${what}`),
  }
}

/** One finding for an image that has any. */
function findingsOf(imageId: string, whats: string[]): { imageId: string; what: string }[] {
  return whats.length > 0 ? [{ imageId, what: whats.join(', ') }] : []
}

function whatIsMissing(image: ImageEvidence = nothing): string[] {
  const { record, processedKeys } = image
  if (!record) return ['it has no record']
  const missing = expectedKeys(image).filter((key) => !processedKeys.includes(key))
  return [
    record.status !== 'ready' && `it is ${record.status}`,
    record.pendingEvents && 'it owes events',
    missing.length > 0 && `${missing.length} variants are missing`,
    idsOn(image, topics.processed).size === 0 && `${topics.processed} is not told`,
  ].filter((what) => what !== false && what !== undefined)
}

function whatIsUnheard(image: ImageEvidence = nothing): string[] {
  return idsOn(image, topics.uploadRequested).size === 0 ? [`${topics.uploadRequested} is not told`] : []
}

function whatIsDouble(image: ImageEvidence): string[] {
  const { rawVersions, processedKeys, record, events } = image
  const expected = expectedKeys(image)
  const ends = idsOn(image, topics.processed).size + idsOn(image, topics.rejected).size
  const extra = processedKeys.filter((key) => !expected.includes(key))
  const lives = new Set([...rawVersions, ...events.map(({ data }) => data.objectKey)])
  if (record) lives.add(rawKey(record))
  return [
    rawVersions.length > 1 && `${rawVersions.length} raw versions`,
    ends > 1 && `${ends} ends`,
    extra.length > 0 && `unexpected ${extra.join(' ')}`,
    lives.size > 1 && `${lives.size} lives`,
  ].filter((what) => what !== false)
}

const nothing: ImageEvidence = { rawVersions: [], processedKeys: [], events: [] }

function expectedKeys({ record }: ImageEvidence): string[] {
  return record ? variants.map(({ name }) => variantKey(record, name, 'webp')) : []
}

function idsOn({ events }: ImageEvidence, topic: Topic): Set<string> {
  return distinctIds(events.filter((event) => topicOf(event) === topic))
}

/** A CloudEvent is told from others by its source and id. */
const distinctIds = (events: ImageEvent[]) => new Set(events.map(({ source, id }) => `${source} ${id}`))

const countRepeats = (events: ImageEvent[]) => events.length - distinctIds(events).size
