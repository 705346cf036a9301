import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { GatewayConfig } from '../config.ts'
import { namedSchemas } from '../http/schemas/named-schemas.ts'
import { showRequestExamples } from '../http/show-request-examples.ts'
import { eventSchemas } from '../webhooks/event-schemas.ts'
import { webhookOperations } from '../webhooks/webhook-operations.ts'
import { webhookSchemas } from '../webhooks/webhook-schemas.ts'
import { docsAppearance } from './docs-appearance.ts'

const describe = (retentionDays: number) => `Every image uploaded once, straight to S3.

1. Hash the file (SHA-256) and request an upload: \`POST /v1/uploads\`.
2. If the response is 200 with \`duplicate: true\`, you have already uploaded these bytes: go to step 4. If it is 201, **PUT the
   bytes to \`upload.url\` with exactly the headers in \`upload.headers\`**. The bytes go straight to the store. A 412 from the store
   means that they are already there. A 403 means that the URL has expired: request a new one.
3. Optionally \`POST /v1/images/{imageId}/complete\`, which speeds up processing where store events are slow.
4. \`GET /v1/images/{imageId}?wait=20\` until the status is \`ready\` or \`rejected\`.

To try it on this page, *Authorize* with your key and request an upload with the output of \`sha256sum photo.jpg\` and
\`wc -c photo.jpg\`. Then send the file from a shell, with one \`-H\` per entry of \`upload.headers\`:

    curl -f -X PUT --upload-file photo.jpg -H 'content-type: image/jpeg' -H 'if-none-match: *' -H '…' 'upload.url'

An image and all its data are deleted ${retentionDays} days after its upload was first requested.`

/** Serves the OpenAPI document, which is generated from the routes, and Swagger UI. */
export const openapiPlugin = fp(async function openapiPlugin(
  app: FastifyInstance,
  { RETENTION_DAYS, WEB }: Pick<GatewayConfig, 'RETENTION_DAYS' | 'WEB'>,
) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'hashgate',
        version: '2.0.0',
        description: describe(RETENTION_DAYS),
        contact: { name: 'The operator of this gateway' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The gateway that serves this page' }],
      tags: [
        { name: 'uploads', description: 'Request upload URLs.' },
        { name: 'images', description: 'Follow images and get their variants.' },
        { name: 'webhooks', description: 'Get events by HTTP.' },
        { name: 'operations', description: 'For load balancers and operators.' },
      ],
      webhooks: webhookOperations,
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'Your API key, or a JWT from the issuer that this gateway trusts.',
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'Your API key.' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: { ...schema, ...authorizationOf(route) }, url }),
    transformObject: (made) => {
      const document = 'openapiObject' in made ? made.openapiObject : {}
      return arrangeParameters(showRequestExamples(document))
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `Schema${index}`),
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The key is kept in the page only, not in the browser's storage.
    uiConfig: { persistAuthorization: false, tryItOutEnabled: true },
    ...docsAppearance({ hasPage: WEB === 'on' }),
    staticCSP: true,
    // A local gateway has no HTTPS to upgrade to.
    transformStaticCSP: (policy) => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
  })

  for (const schema of [...namedSchemas, ...webhookSchemas, ...eventSchemas]) app.addSchema(schema)

  app.get('/openapi.json', { schema: { hide: true } }, async ({ protocol, host }) => {
    // An absolute address, because tools such as Postman keep the document only.
    const servers = [{ url: `${protocol}://${host}`, description: 'The gateway that serves this document' }]
    return { ...app.swagger(), ...(host && { servers }) }
  })
})

/**
 * The credentials and the scope that a route requires. OpenAPI has no place for the scopes of an API key, and linters reject
 * them in a security requirement, so the scope is in the description and in `x-required-scope`.
 */
function authorizationOf({ config, schema }: RouteOptions) {
  const scope = config?.scope
  if (!scope) return { security: [] }
  const description = [schema?.description, `Requires the scope \`${scope}\`.`].filter(Boolean).join('\n\n')
  const security: Record<string, string[]>[] = [{ bearer: [] }, { apiKey: [] }]
  return { description, security, 'x-required-scope': scope }
}

type Paths = Record<string, Record<string, { parameters?: Parameter[] }>>

interface Parameter {
  in: string
  schema: { style?: string; explode?: boolean }
}

/** Generators make arguments in the order of the parameters, and people expect the id first. */
function arrangeParameters<T>(document: T): T {
  const { paths = {} } = document as { paths?: Paths }
  for (const { parameters } of Object.values(paths).flatMap((path) => Object.values(path))) {
    parameters?.sort((a, b) => Number(b.in === 'path') - Number(a.in === 'path'))
    // @fastify/swagger copies these to the parameter and leaves them in the schema, where they are not allowed.
    for (const { schema } of parameters ?? []) {
      delete schema.style
      delete schema.explode
    }
  }
  return document
}
