import { dayOfPlace, isPlace } from '../../core/catalog/day-index.ts'
import { Problem } from '../../core/errors.ts'
import type { ImageStatus } from '../../core/images/image-record.ts'

const version = 1

/**
 * Where a list goes on: a place in a day, for one status or for all. It says nothing of the tenant: whose images are
 * listed is known from the key alone, so that somebody else's cursor is only a place in one's own day.
 */
export function writeCursor(place: string, status?: ImageStatus): string {
  const content = [version, status ?? '', place]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** The place in the day. @throws Problem VALIDATION_FAILED when the cursor is none of the list that is asked for */
export function readCursor(cursor: string, asked: { day?: string; status?: ImageStatus }): string {
  const place = placeIn(cursor)
  const isOfDay = asked.day === undefined || asked.day === dayOfPlace(place)
  if (isPlace(place) && isOfDay && writeCursor(place, asked.status) === cursor) return place
  const message = 'is not a nextCursor that was answered for the same day and status'
  throw new Problem('VALIDATION_FAILED', { errors: [{ field: 'cursor', message }] })
}

function placeIn(cursor: string): string {
  try {
    return String(JSON.parse(Buffer.from(cursor, 'base64url').toString()).at(-1))
  } catch {
    return ''
  }
}
