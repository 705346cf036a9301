import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { staticHeaders } from '../plugins/security-headers.ts'

interface WebOptions {
  WEB: 'on' | 'off'
  /** Origins of the buckets, from which the page uploads and loads. */
  storeOrigins: readonly string[]
  /** Folder of the built page, with a slash at the end; found by default. */
  folder?: URL
}

/** Beside the bundled gateway, or where `npm start` and `npm run build` write it. */
const folders = ['./web/', '../../dist/web/'].map((path) => new URL(path, import.meta.url))
const isBuilt = (folder: URL) => existsSync(new URL('index.html', folder))

/**
 * Serves `/`: the page for people who upload photos, or an index of the API for clients that do not accept HTML, and for all clients
 * with `WEB=off`.
 */
export const serveWeb = fp(async function serveWeb(app: FastifyInstance, options: WebOptions) {
  const { WEB, storeOrigins } = options
  const folder = WEB === 'on' ? (options.folder ?? folders.find(isBuilt)) : undefined
  if (WEB === 'on' && !folder)
    app.log.info({ operation: 'start' }, 'the web page is not built: run "npm run build", or set WEB=off')
  const page = folder && readFileSync(new URL('index.html', folder))

  if (folder) {
    await app.register(staticFiles, {
      root: fileURLToPath(new URL('assets/', folder)),
      prefix: '/assets/',
      // Lists the files once. Requests for others are answered without access to the disk.
      wildcard: false,
      index: false,
      preCompressed: true,
      decorateReply: false,
      // The names contain a hash of the content.
      immutable: true,
      maxAge: '1y',
    })
  }

  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept').header('cache-control', 'no-cache')
    if (!page || !request.headers.accept?.includes('text/html')) return apiIndex
    return reply.headers(pageHeaders(storeOrigins)).type('text/html; charset=utf-8').send(page)
  })
})

const apiIndex = {
  name: 'hashgate',
  version: '2.0.0',
  docs: '/docs',
  openapi: '/openapi.json',
  health: '/healthz',
}

/** The page runs only its own scripts and styles, and connects only to the gateway and the buckets. */
function pageHeaders(storeOrigins: readonly string[]) {
  const stores = storeOrigins.join(' ')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${stores}`,
    // Previews of chosen files are blobs, placeholders are data URLs.
    `img-src 'self' blob: data: ${stores}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    ...staticHeaders,
    'content-security-policy': policy.join(';'),
    // The upload panel can take pictures with the camera.
    'permissions-policy': 'camera=(self), display-capture=(), geolocation=(), microphone=()',
  }
}
