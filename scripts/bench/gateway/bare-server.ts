/**
 * A minimal server for `POST /v1/uploads`: Fastify with default options and the route's schemas. Its answer has the same size as a real one
 * and is constant except for the image's id.
 */
import { S3Client } from '@aws-sdk/client-s3'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { rawKey } from '../../../core/images/object-key.ts'
import { generatorKeywords } from '../../../gateway/http/compile-validators.ts'
import { namedSchemas } from '../../../gateway/http/schemas/named-schemas.ts'
import { ref } from '../../../gateway/http/schemas/schema-parts.ts'
import { UploadAnswer, UploadRequest } from '../../../gateway/http/schemas/upload-schemas.ts'
import { createPresignUpload } from '../../../gateway/uploads/presign-upload.ts'
import { serve } from './serve.ts'

import { credentials, presignTtlSeconds, rawBucket, tenant } from './settings.ts'
import { stubbedEndpoints } from './stub-network-edge.ts'

const presignUpload = await createPresignUpload(
  new S3Client({ ...s3ClientOptions(stubbedEndpoints), credentials }),
  { bucket: rawBucket, ttlSeconds: presignTtlSeconds, now: Date.now },
)
const anImage = {
  tenant,
  imageId: 'a'.repeat(64),
  generation: '20261122',
  byteLength: 348_712,
  contentType: 'image/jpeg',
  expiresAt: Math.floor(Date.now() / 1_000) + 604_800,
} as const
const rest = {
  status: 'pending',
  duplicate: false,
  expiresAt: new Date(anImage.expiresAt * 1_000).toISOString(),
  upload: await presignUpload(rawKey(anImage), anImage),
} as const

const app = Fastify({
  ajv: { customOptions: { keywords: generatorKeywords } },
}).withTypeProvider<TypeBoxTypeProvider>()
for (const schema of namedSchemas) app.addSchema(schema)

const schema = { body: ref(UploadRequest), response: { 201: ref(UploadAnswer) } }
app.post('/v1/uploads', { schema }, async (request, reply) => {
  return reply.code(201).send({ imageId: request.body.sha256, ...rest })
})
await serve(app)
