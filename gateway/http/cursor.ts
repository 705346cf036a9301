import { dayOfPosition, isPosition } from '../../core/catalog/day-index.ts'
import type { ImageStatus } from '../../core/images/image-record.ts'
import { parseJson } from '../../core/parse-json.ts'
import { Problem } from './problems.ts'

const version = 1

/**
 * Encodes where a listing continues: a position in a day, for one status or all. It contains no tenant. The API key alone decides
 * whose images are listed, so another tenant's cursor is only a position in the caller's own day.
 */
export function writeCursor(position: string, status?: ImageStatus): string {
  const content = [version, status ?? '', position]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** The position in a cursor. @throws Problem VALIDATION_FAILED when the cursor belongs to another listing */
export function readCursor(cursor: string, asked: { day?: string; status?: ImageStatus }): string {
  const position = positionIn(cursor)
  const isOfDay = asked.day === undefined || asked.day === dayOfPosition(position)
  if (isPosition(position) && isOfDay && writeCursor(position, asked.status) === cursor) return position
  const message = 'is not a nextCursor of the same day and status'
  throw new Problem('VALIDATION_FAILED', { errors: [{ field: 'cursor', message }] })
}

function positionIn(cursor: string): string {
  try {
    const content = parseJson(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(content) ? String(content.at(-1)) : ''
  } catch {
    return ''
  }
}
