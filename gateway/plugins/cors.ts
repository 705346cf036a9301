import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const exposedHeaders = [
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'www-authenticate',
  'x-request-id',
]

/** Pages that this machine serves, on any port. */
const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

const toOrigin = (entry: string) => (entry === 'loopback' ? loopback : entry)

/** Allows pages of the listed origins to call the API. With none, browsers block all cross-origin calls. */
export const corsPlugin = fp(async function corsPlugin(
  app: FastifyInstance,
  { CORS_ORIGINS }: { CORS_ORIGINS: string },
) {
  if (CORS_ORIGINS === '') return
  await app.register(cors, {
    origin: CORS_ORIGINS === '*' ? '*' : CORS_ORIGINS.split(',').map(toOrigin),
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'last-event-id',
      'traceparent',
      'tracestate',
      'x-api-key',
    ],
    exposedHeaders,
    strictPreflight: false,
    maxAge: 3_600,
  })
})
