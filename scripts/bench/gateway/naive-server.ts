/**
 * A naive implementation: Fastify with default options, `DynamoDBDocumentClient` for the record and `getSignedUrl` for the URL. It has no
 * authentication, limits, metrics, log or events.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { generatorKeywords } from '../../../gateway/http/compile-validators.ts'
import { namedSchemas } from '../../../gateway/http/schemas/named-schemas.ts'
import { ref } from '../../../gateway/http/schemas/schema-parts.ts'
import { UploadRequest } from '../../../gateway/http/schemas/upload-schemas.ts'
import { serve } from './serve.ts'
import { credentials, presignTtlSeconds, rawBucket, table, tenant } from './settings.ts'
import { answerAtOnce } from './stub-network-edge.ts'

const region = 'us-east-1'
/** Without an endpoint, a stub answers. */
const endpoint = process.env.DYNAMODB_ENDPOINT
const s3 = new S3Client({ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED' })
const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    region,
    credentials,
    ...(endpoint ? { endpoint } : { requestHandler: answerAtOnce }),
  }),
)

const app = Fastify({
  ajv: { customOptions: { keywords: generatorKeywords } },
}).withTypeProvider<TypeBoxTypeProvider>()
for (const schema of namedSchemas) app.addSchema(schema)

app.post('/v1/uploads', { schema: { body: ref(UploadRequest) } }, async (request, reply) => {
  const { sha256, byteLength, contentType } = request.body
  const now = Date.now()
  const record = {
    pk: `${tenant}#${sha256}`,
    ...request.body,
    status: 'pending',
    createdAt: new Date(now).toISOString(),
    expiresAt: Math.floor(now / 1_000) + 604_800,
  }
  await documents.send(
    new PutCommand({
      TableName: table,
      Item: record,
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': Math.floor(now / 1_000) },
    }),
  )
  const url = await getSignedUrl(
    s3,
    new PutObjectCommand({
      Bucket: rawBucket,
      Key: `${tenant}/${sha256}`,
      ContentLength: byteLength,
      ContentType: contentType,
      IfNoneMatch: '*',
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    }),
    {
      expiresIn: presignTtlSeconds,
      signableHeaders: new Set(['content-type']),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    },
  )
  return reply.code(201).send({ imageId: sha256, status: 'pending', upload: { method: 'PUT', url } })
})
await serve(app)
