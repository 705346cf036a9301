import { type Topic, topicOf, topics } from '../../../../core/events/image-events.ts'
import type { ImageEvent } from '../../../../core/images/image-event.ts'
import { rawKey, variantKey } from '../../../../core/images/object-key.ts'
import { hashRecipe } from '../../../../core/images/recipe.ts'
import { variants } from '../../../../core/images/variants.ts'
import type { Figures } from './figures.ts'
import type { Evidence } from './gather-evidence.ts'
import { groupByImage, type ImageEvidence } from './group-by-image.ts'

/** The responses that clients received. */
export interface Promised {
  /** Ids of images whose upload request got a 2xx. */
  granted: ReadonlySet<string>
  /** Ids of images whose PUT succeeded, too. */
  stored: ReadonlySet<string>
}

/** @param formerGenerations raw keys of expired generations that were counted before */
export function countEffects(
  evidence: Evidence,
  { granted, stored }: Promised,
  formerGenerations: ReadonlySet<string> = new Set(),
): Figures {
  const images = groupByImage(evidence, (key) => formerGenerations.has(key))
  const unready = [...stored].flatMap((id) => findingsOf(id, describeMissing(images.get(id))))
  const unpublished = [...granted].flatMap((id) => findingsOf(id, describeUnpublished(images.get(id))))
  const duplicated = [...images].flatMap(([id, image]) => findingsOf(id, describeDuplicates(image)))
  return {
    accepted: stored.size,
    ready: stored.size - unready.length,
    lost: new Set([...unready, ...unpublished].map(({ imageId }) => imageId)).size,
    duplicatedEffects: duplicated.length,
    repeatedEvents: [...images.values()].reduce((sum, { events }) => sum + countRepeats(events), 0),
    findings: [...unready, ...unpublished, ...duplicated].map(({ imageId, what }) => `${imageId}: ${what}`),
  }
}

/** At most one finding per image. */
function findingsOf(imageId: string, problems: string[]): { imageId: string; what: string }[] {
  return problems.length > 0 ? [{ imageId, what: problems.join(', ') }] : []
}

function describeMissing(image: ImageEvidence = nothing): string[] {
  const { record, processedKeys } = image
  if (!record) return ['it has no record']
  const missing = expectedKeys(image).filter((key) => !processedKeys.includes(key))
  return [
    record.status !== 'ready' && `it is ${record.status}`,
    record.pendingEvents && 'it has pending events',
    missing.length > 0 && `${missing.length} variants are missing`,
    idsOn(image, topics.processed).size === 0 && `${topics.processed} was not published`,
  ].filter((what) => what !== false && what !== undefined)
}

function describeUnpublished(image: ImageEvidence = nothing): string[] {
  return idsOn(image, topics.uploadRequested).size === 0
    ? [`${topics.uploadRequested} was not published`]
    : []
}

function describeDuplicates(image: ImageEvidence): string[] {
  const { rawVersions, processedKeys, record, events } = image
  const expected = expectedKeys(image)
  const results = idsOn(image, topics.processed).size + idsOn(image, topics.rejected).size
  const extra = processedKeys.filter((key) => !expected.includes(key))
  const generations = new Set([...rawVersions, ...events.map(({ data }) => data.objectKey)])
  if (record) generations.add(rawKey(record))
  return [
    rawVersions.length > 1 && `${rawVersions.length} raw versions`,
    results > 1 && `${results} final events`,
    extra.length > 0 && `unexpected ${extra.join(' ')}`,
    generations.size > 1 && `${generations.size} generations`,
  ].filter((what) => what !== false)
}

const nothing: ImageEvidence = { rawVersions: [], processedKeys: [], events: [] }

const recipe = hashRecipe(variants, { keepLocation: false })

function expectedKeys({ record }: ImageEvidence): string[] {
  return record ? variants.map(({ name }) => variantKey(record, recipe, name, 'webp')) : []
}

function idsOn({ events }: ImageEvidence, topic: Topic): Set<string> {
  return distinctIds(events.filter((event) => topicOf(event) === topic))
}

/** Source and id identify a CloudEvent. */
const distinctIds = (events: ImageEvent[]) => new Set(events.map(({ source, id }) => `${source} ${id}`))

const countRepeats = (events: ImageEvent[]) => events.length - distinctIds(events).size
