import { Type } from 'typebox'
import { dayAt, dayOfPosition } from '../../core/catalog/day-index.ts'
import { readCursor, writeCursor } from '../http/cursor.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { describeImage } from '../http/describe-image.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { ImageList, ImageStatus } from '../http/schemas/image-schemas.ts'
import { ref } from '../http/schemas/schema-parts.ts'

const description = `Your images whose upload was first requested on one UTC day, newest first.

Pass \`nextCursor\` as \`cursor\` until it is absent. A page can be short or even empty and still have a \`nextCursor\`. Images that
are requested while you page through are newer than every page, so none is missed or repeated. A new image can take a second to
appear.`

const Query = Type.Object(
  {
    day: Type.Optional(
      Type.String({
        format: 'date',
        description: 'UTC day, `YYYY-MM-DD`. Defaults to the day of the cursor, or today.',
        examples: ['2026-11-22'],
      }),
    ),
    status: Type.Optional(ref(ImageStatus)),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 20,
        description: 'Maximum images per page.',
        examples: [20],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 512,
        description: '`nextCursor` of the previous page, for the same day and status.',
        examples: [examples.cursor],
      }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /v1/images?day=&status=&limit=&cursor=`: a page of the caller's images from one day. */
export function listImages(app: GatewayApp, dependencies: GatewayDependencies): void {
  const { catalog, now } = dependencies
  const schema = {
    operationId: 'listImages',
    tags: ['images'],
    summary: 'List your images from one day',
    description,
    querystring: Query,
    response: {
      200: jsonResponse(ImageList, 'One page of images.'),
      ...problemResponses(['VALIDATION_FAILED']),
    },
  }

  app.get('/images', { schema, config: { scope: 'read' } }, async ({ query, principal }) => {
    const { cursor, limit = 20, status } = query
    const before = cursor === undefined ? undefined : readCursor(cursor, query)
    // A listing that started before midnight stays on its day.
    const day = query.day ?? (before ? dayOfPosition(before) : dayAt(now()))
    const { records, next } = await catalog.listDay({ tenant: principal.tenant, day, status, limit, before })
    return {
      images: await Promise.all(records.map((record) => describeImage(record, dependencies))),
      nextCursor: next && writeCursor(next, status),
    }
  })
}
