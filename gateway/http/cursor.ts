import { dayOfPosition, isPosition } from '../../core/catalog/day-index.ts'
import type { ImageStatus } from '../../core/images/image-record.ts'
import { Problem } from './problems.ts'

const version = 1

/**
 * Where a list goes on: a place in a day, for one status or for all. It says nothing of the tenant: whose images are
 * listed is known from the key alone, so that somebody else's cursor is only a place in one's own day.
 */
export function writeCursor(position: string, status?: ImageStatus): string {
  const content = [version, status ?? '', position]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** The place in the day. @throws Problem VALIDATION_FAILED when the cursor is none of the list that is asked for */
export function readCursor(cursor: string, asked: { day?: string; status?: ImageStatus }): string {
  const position = positionIn(cursor)
  const isOfDay = asked.day === undefined || asked.day === dayOfPosition(position)
  if (isPosition(position) && isOfDay && writeCursor(position, asked.status) === cursor) return position
  const message = 'is not a nextCursor that was answered for the same day and status'
  throw new Problem('VALIDATION_FAILED', { errors: [{ field: 'cursor', message }] })
}

function positionIn(cursor: string): string {
  try {
    return String(JSON.parse(Buffer.from(cursor, 'base64url').toString()).at(-1))
  } catch {
    return ''
  }
}
