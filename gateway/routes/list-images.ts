import { Type } from 'typebox'
import { dayAt, dayOfPosition } from '../../core/catalog/day-index.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { describeImage } from '../http/describe-image.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ImageList, ImageStatus, ref } from '../http/schemas.ts'

const description = `Images whose upload was first asked for on one UTC day, newest first.

Go on with \`cursor\` as long as an answer has a \`nextCursor\`: a page may be short, or even empty, and still have one.
Images that are asked for meanwhile are newer than every page, so none is missed or shown twice. An image may take a second
to appear.`

const Query = Type.Object(
  {
    day: Type.Optional(
      Type.String({
        format: 'date',
        description: 'UTC day, `YYYY-MM-DD`; today when it is left out, or the day of the cursor.',
        examples: ['2026-11-22'],
      }),
    ),
    status: Type.Optional(ref(ImageStatus)),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 20,
        description: 'Most images of a page.',
        examples: [20],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 512,
        description: '`nextCursor` of the page before, for the same day and status.',
        examples: [examples.cursor],
      }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /v1/images?day=&status=&limit=&cursor=`: a page of the caller's images of a day. */
export function listImages(app: GatewayApp, dependencies: GatewayDependencies): void {
  const { catalog, now } = dependencies
  const schema = {
    operationId: 'listImages',
    tags: ['images'],
    summary: 'List your images of a day',
    description,
    querystring: Query,
    response: {
      200: jsonResponse(ImageList, 'A page of the day.'),
      ...problemResponses(['VALIDATION_FAILED']),
    },
  }

  app.get('/images', { schema, config: { scope: 'read' } }, async ({ query, principal }) => {
    const { cursor, limit = 20, status } = query
    const before = cursor === undefined ? undefined : readCursor(cursor, query)
    // A list that began before midnight stays on its day.
    const day = query.day ?? (before ? dayOfPosition(before) : dayAt(now()))
    const { records, next } = await catalog.listDay({ tenant: principal.tenant, day, status, limit, before })
    return {
      images: await Promise.all(records.map((record) => describeImage(record, dependencies))),
      nextCursor: next && writeCursor(next, status),
    }
  })
}
