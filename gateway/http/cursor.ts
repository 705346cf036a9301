import { dayOfPosition, isPosition } from '../../core/catalog/day-index.ts'
import type { ImageStatus } from '../../core/images/image-record.ts'
import { parseJson } from '../../core/parse-json.ts'
import { isLogPosition } from '../../core/webhooks/webhook-delivery.ts'
import { Problem } from './problems.ts'

const version = 1

/**
 * Encodes where a listing continues: a position in a day, for one status or all, or in the log of a webhook endpoint. It contains no
 * tenant. The API key alone decides what is listed, so another tenant's cursor is only a position in the caller's own day.
 * @param part the part that is listed: the status or the endpoint's id
 */
export function writeCursor(position: string, part = ''): string {
  const content = [version, part, position]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** The position in a cursor. @throws Problem VALIDATION_FAILED when the cursor belongs to another listing */
export function readCursor(cursor: string, query: { day?: string; status?: ImageStatus }): string {
  const position = positionIn(cursor)
  const isOfDay = query.day === undefined || query.day === dayOfPosition(position)
  if (isPosition(position) && isOfDay && writeCursor(position, query.status) === cursor) return position
  throw otherListing('day and status')
}

/** The position in a cursor of a delivery log. @throws Problem VALIDATION_FAILED when the cursor belongs to another listing */
export function readLogCursor(cursor: string, endpointId: string): string {
  const position = positionIn(cursor)
  if (isLogPosition(position) && writeCursor(position, endpointId) === cursor) return position
  throw otherListing('webhook endpoint')
}

function otherListing(what: string): Problem {
  const message = `is not a nextCursor of the same ${what}`
  return new Problem('VALIDATION_FAILED', { errors: [{ field: 'cursor', message }] })
}

function positionIn(cursor: string): string {
  try {
    const content = parseJson(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(content) ? String(content.at(-1)) : ''
  } catch {
    return ''
  }
}
