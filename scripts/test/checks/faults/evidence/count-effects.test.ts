import t from 'tap'
import { imageEvent, type Topic, topics } from '../../../../../core/events/image-events.ts'
import { type ImageRecord, newRecord } from '../../../../../core/images/image-record.ts'
import { rawKey, variantKey } from '../../../../../core/images/object-key.ts'
import { hashRecipe } from '../../../../../core/images/recipe.ts'
import { variants } from '../../../../../core/images/variants.ts'
import { countEffects } from '../../../../checks/faults/evidence/count-effects.ts'
import { formatFigures, parseFigures } from '../../../../checks/faults/evidence/figures.ts'
import type { Evidence } from '../../../../checks/faults/evidence/gather-evidence.ts'

const recipe = hashRecipe(variants, { keepLocation: false })
const imageId = 'ab'.repeat(32)
const nowMs = Date.UTC(2026, 10, 22, 10)
const request = { tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' } as const
const record: ImageRecord = { ...newRecord(request, nowMs, 604_800), status: 'ready' }
const nextGeneration = { ...record, generation: '20261130' }
const promised = { granted: new Set([imageId]), stored: new Set([imageId]) }

const eventOn = (topic: Topic, of = record) => imageEvent(topic, of, { source: '/hashgate/test', nowMs })
const variantsOf = (of: ImageRecord) =>
  ['thumb', 'medium', 'large'].map((name) => variantKey(of, recipe, name, 'webp'))

const clean: Evidence = {
  records: [record],
  rawVersions: [rawKey(record)],
  processedKeys: [...variantsOf(record), `manifests/day=2026-11-22/local/${imageId}.json`],
  events: [eventOn(topics.uploadRequested), eventOn(topics.processed)],
}

t.test('a complete image is accepted and ready', async (t) => {
  t.strictSame(countEffects(clean, promised), {
    accepted: 1,
    ready: 1,
    lost: 0,
    duplicatedEffects: 0,
    repeatedEvents: 0,
    findings: [],
  })
})

t.test('lost images are counted', async (t) => {
  const cases: [string, Partial<Evidence>, string][] = [
    ['no record', { records: [] }, 'it has no record'],
    ['not final', { records: [{ ...record, status: 'pending' }] }, 'it is pending'],
    ['rejected', { records: [{ ...record, status: 'rejected' }] }, 'it is rejected'],
    [
      'a pending event',
      { records: [{ ...record, pendingEvents: [eventOn(topics.processed)] }] },
      'it has pending events',
    ],
    ['a variant', { processedKeys: variantsOf(record).slice(1) }, '1 variants are missing'],
    ['its final event', { events: [eventOn(topics.uploadRequested)] }, 'image.processed was not published'],
    ['its request', { events: [eventOn(topics.processed)] }, 'image.upload.requested was not published'],
  ]
  for (const [name, part, finding] of cases) {
    const { lost, findings } = countEffects({ ...clean, ...part }, promised)
    t.equal(lost, 1, name)
    t.match(findings.join(), finding, name)
  }
})

t.test('a granted upload without its event is lost, even if nothing was uploaded', async (t) => {
  const nothing = { records: [], rawVersions: [], processedKeys: [], events: [] }
  const onlyGranted = { granted: new Set([imageId]), stored: new Set<string>() }
  t.match(countEffects(nothing, onlyGranted), { accepted: 0, lost: 1 })
})

t.test('duplicated effects are counted', async (t) => {
  const cases: [string, Partial<Evidence>][] = [
    ['a second version', { rawVersions: [rawKey(record), rawKey(record)] }],
    ['a second object', { rawVersions: [rawKey(record), rawKey(nextGeneration)] }],
    ['a second final event', { events: [...clean.events, eventOn(topics.rejected)] }],
    [
      'another variant',
      { processedKeys: [...clean.processedKeys, variantKey(record, recipe, 'huge', 'webp')] },
    ],
    ['a second generation', { events: [...clean.events, eventOn(topics.uploadRequested, nextGeneration)] }],
  ]
  for (const [name, part] of cases) {
    t.match(countEffects({ ...clean, ...part }, promised), { ready: 1, lost: 0, duplicatedEffects: 1 }, name)
  }
})

t.test('a redelivered event is a repetition, not an effect', async (t) => {
  const events = [...clean.events, ...clean.events]
  t.match(countEffects({ ...clean, events }, promised), { duplicatedEffects: 0, repeatedEvents: 2 })
})

t.test('a generation that was counted before is excluded', async (t) => {
  const both: Evidence = {
    records: [nextGeneration],
    rawVersions: [rawKey(record), rawKey(nextGeneration)],
    processedKeys: [...clean.processedKeys, ...variantsOf(nextGeneration)],
    events: [
      ...clean.events,
      eventOn(topics.uploadRequested, nextGeneration),
      eventOn(topics.processed, nextGeneration),
    ],
  }
  t.match(countEffects(both, promised), { duplicatedEffects: 1 })
  const formerGenerations = new Set([rawKey(record)])
  t.match(countEffects(both, promised, formerGenerations), { ready: 1, lost: 0, duplicatedEffects: 0 })
})

t.test('the printed line can be parsed', async (t) => {
  const line = formatFigures(countEffects(clean, promised))
  t.equal(line, 'accepted 1, ready 1, lost 0, duplicated effects 0')
  t.strictSame(parseFigures(line), { accepted: 1, ready: 1, lost: 0, duplicatedEffects: 0 })
  t.equal(parseFigures('   1.2 s  accepted'), undefined)
})
