import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { namedSchemas } from '../http/schemas.ts'
import { showRequestExamples } from '../http/show-request-examples.ts'

const description = `Every image uploaded once, straight to S3.

1. Hash the file (SHA-256) and ask for an upload: \`POST /v1/uploads\`.
2. Answer 200 with \`duplicate: true\`: you uploaded these bytes before, skip to step 4. Answer 201: **PUT the bytes to
   \`upload.url\` with exactly the headers in \`upload.headers\`**. The bytes never pass this API. 412 means that they are
   there already; on 403 the URL has expired: ask again.
3. \`POST /v1/images/{imageId}/complete\` (optional; it makes things faster where store events are slow).
4. \`GET /v1/images/{imageId}?wait=20\` until the status is \`ready\` or \`rejected\`.

By hand, on this page: *Authorize* with your key, and ask for an upload with what \`sha256sum photo.jpg\` and \`wc -c photo.jpg\`
print. Then send the file from a shell, with one \`-H\` for each of \`upload.headers\`:

    curl -f -X PUT --upload-file photo.jpg -H 'content-type: image/jpeg' -H 'if-none-match: *' -H '…' 'upload.url'

Everything about an image is gone seven days after its upload was first asked for.`

/** The OpenAPI document, made from the routes themselves, and the page that shows it. */
export const openapiPlugin = fp(async function openapiPlugin(app: FastifyInstance) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'hashgate',
        version: '2.0.0',
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The gateway that serves this page' }],
      tags: [
        { name: 'uploads', description: 'Ask where to put bytes.' },
        { name: 'images', description: 'Follow an image and get its variants.' },
        { name: 'operations', description: 'For load balancers and operators.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'Your API key, or a token (JWT) of the issuer that this gateway trusts.',
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'Your API key.' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: { ...schema, ...securityOf(route) }, url }),
    transformObject: (made) => showRequestExamples('openapiObject' in made ? made.openapiObject : {}),
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `Schema${index}`),
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { persistAuthorization: true, tryItOutEnabled: true },
    staticCSP: true,
    // On a laptop there is no https to upgrade to.
    transformStaticCSP: (policy) => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
  })

  for (const schema of namedSchemas) app.addSchema(schema)

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
})

/** Which scope a call needs, said once: where the route is registered. */
function securityOf({ config }: RouteOptions): { security: Record<string, string[]>[] } {
  const scope = config?.scope
  return { security: scope ? [{ bearer: [scope] }, { apiKey: [scope] }] : [] }
}
