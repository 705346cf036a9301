import { type ImageEvent, type Topic, topicOf, topics } from '../../core/events.ts'
import { rawKey, variantKey } from '../../core/object-key.ts'
import { variants } from '../../core/variants.ts'
import type { Evidence } from './gather-evidence.ts'
import { groupByImage, type ImageEvidence } from './group-by-image.ts'

/** What was promised to whoever uploads. */
export interface Promised {
  /** Ids of images whose upload request has been answered with a 2xx. */
  granted: ReadonlySet<string>
  /** Ids of images whose bytes were taken by the store, too. */
  stored: ReadonlySet<string>
}

export interface Figures {
  /** Distinct images whose upload request got a 2xx and whose PUT succeeded. */
  accepted: number
  /** Of these, the ones that are ready, owe nothing, have every variant, and whose `image.processed` was told. */
  ready: number
  /** Accepted and not ready; and requests with a 2xx whose `image.upload.requested` is not on its topic. */
  lost: number
  /**
   * Images with a second raw object or version of one, with a second `image.processed` or `image.rejected`, with another
   * variant than the expected ones, or with a second generation.
   */
  duplicatedEffects: number
  /** Events that are on their topic once more with the same source and id: redelivery, which every reader must expect. */
  repeatedEvents: number
}

/** @param formerLives raw keys of generations that have been counted before, and are over */
export function countEffects(
  evidence: Evidence,
  { granted, stored }: Promised,
  formerLives: ReadonlySet<string> = new Set(),
): Figures {
  const images = groupByImage(evidence, (key) => formerLives.has(key))
  const isReady = (imageId: string) => isWholeAndReady(images.get(imageId))
  const isUnheard = (imageId: string) => idsOn(images.get(imageId), topics.uploadRequested).size === 0
  const unready = [...stored].filter((imageId) => !isReady(imageId))
  const all = [...images.values()]
  return {
    accepted: stored.size,
    ready: stored.size - unready.length,
    lost: new Set([...unready, ...[...granted].filter(isUnheard)]).size,
    duplicatedEffects: all.filter(isDuplicated).length,
    repeatedEvents: all.reduce((sum, { events }) => sum + events.length - distinctIds(events).size, 0),
  }
}

export function formatFigures({ accepted, ready, lost, duplicatedEffects }: Figures): string {
  return `accepted ${accepted}, ready ${ready}, lost ${lost}, duplicated effects ${duplicatedEffects}`
}

function isWholeAndReady(image?: ImageEvidence): boolean {
  const { record, processedKeys = [] } = image ?? {}
  if (record?.status !== 'ready' || record.owedEvent) return false
  const isWhole = expectedKeys(image).every((key) => processedKeys.includes(key))
  return isWhole && idsOn(image, topics.processed).size === 1
}

function isDuplicated(image: ImageEvidence): boolean {
  const expected = expectedKeys(image)
  const ends = idsOn(image, topics.processed).size + idsOn(image, topics.rejected).size
  const isExtra = (key: string) => !expected.includes(key)
  return image.rawVersions.length > 1 || ends > 1 || image.processedKeys.some(isExtra) || hasOtherLife(image)
}

function hasOtherLife({ record, events, rawVersions }: ImageEvidence): boolean {
  const lives = [...rawVersions, ...events.map(({ data }) => data.objectKey)]
  return record !== undefined && lives.some((key) => key !== rawKey(record))
}

function expectedKeys(
  { record }: ImageEvidence = { rawVersions: [], processedKeys: [], events: [] },
): string[] {
  return record ? variants.map(({ name }) => variantKey(record, name, 'webp')) : []
}

function idsOn(image: ImageEvidence | undefined, topic: Topic): Set<string> {
  return distinctIds(image?.events.filter((event) => topicOf(event) === topic) ?? [])
}

/** A CloudEvent is told from others by its source and id. */
const distinctIds = (events: ImageEvent[]) => new Set(events.map(({ source, id }) => `${source} ${id}`))
