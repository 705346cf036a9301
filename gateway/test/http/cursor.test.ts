import fc from 'fast-check'
import t from 'tap'
import type { ImageStatus } from '../../../core/images/image-record.ts'
import { readCursor, writeCursor } from '../../http/cursor.ts'

const someStatus = fc.option(fc.constantFrom<ImageStatus>('pending', 'processing', 'ready', 'rejected'), {
  nil: undefined,
})
const somePlace = fc
  .tuple(
    fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.stringMatching(/^[0-9a-f]{64}$/),
  )
  .map(([moment, imageId]) => `${moment.toISOString()}#${imageId}`)
const dayOf = (place: string) => place.slice(0, 10)
const isRefused = { code: 'VALIDATION_FAILED', errors: [{ field: 'cursor' }] }

function refuses(cursor: string, asked: { day?: string; status?: ImageStatus } = {}) {
  try {
    readCursor(cursor, asked)
    return false
  } catch (error) {
    t.match(error, isRefused)
    return true
  }
}

t.test('a cursor returns to its position, with a day or without', async (t) => {
  fc.assert(
    fc.property(somePlace, someStatus, (place, status) => {
      const cursor = writeCursor(place, status)
      t.equal(readCursor(cursor, { status }), place)
      t.equal(readCursor(cursor, { day: dayOf(place), status }), place)
      t.match(cursor, /^[\w-]{1,512}$/)
    }),
  )
})

t.test('a cursor of another day or status is rejected', async () => {
  fc.assert(
    fc.property(somePlace, somePlace, someStatus, someStatus, (place, other, status, otherStatus) => {
      fc.pre(dayOf(place) !== dayOf(other) && status !== otherStatus)
      const cursor = writeCursor(place, status)
      return refuses(cursor, { day: dayOf(other), status }) && refuses(cursor, { status: otherStatus })
    }),
  )
})

t.test('any other text is rejected with a specific error', async () => {
  const someJson = fc.json().map((text) => Buffer.from(text).toString('base64url'))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), someJson), (text) =>
      refuses(text),
    ),
  )
})

t.test('a cursor with one changed character is rejected or stays within its day', async () => {
  const anyCharacter = fc.string({ minLength: 1, maxLength: 1 })
  fc.assert(
    fc.property(somePlace, fc.nat(), anyCharacter, (place, index, character) => {
      const cursor = writeCursor(place)
      const at = index % cursor.length
      const changed = cursor.slice(0, at) + character + cursor.slice(at + 1)
      const asked = { day: dayOf(place) }
      return refuses(changed, asked) || readCursor(changed, asked).startsWith(asked.day)
    }),
  )
})

t.test('invalid times and future versions of cursors are rejected', async (t) => {
  const id = '0'.repeat(64)
  for (const place of ['', `2026-02-30T00:00:00.000Z#${id}`, `2026-11-22T24:00:00.000Z#${id}`, `x#${id}`]) {
    t.ok(refuses(writeCursor(place)), place)
  }
  const next = JSON.stringify([2, '', `2026-11-22T00:00:00.000Z#${id}`])
  t.ok(refuses(Buffer.from(next).toString('base64url')))
})
