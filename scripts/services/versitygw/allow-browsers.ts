import { type CORSRule, PutBucketCorsCommand } from '@aws-sdk/client-s3'
import { connectStores, type StoreSettings } from '../../local/create-stores.ts'

/** Origins of pages on this machine, on any port. */
const origins = ['http://127.0.0.1:*', 'http://localhost:*']

/** The same as in deploy/storage.yaml. */
export const rawRule: CORSRule = {
  AllowedOrigins: origins,
  AllowedMethods: ['PUT'],
  AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256', 'x-amz-meta-*'],
  ExposeHeaders: ['ETag', 'x-amz-request-id'],
  MaxAgeSeconds: 3600,
}
export const processedRule: CORSRule = {
  AllowedOrigins: origins,
  AllowedMethods: ['GET', 'HEAD'],
  AllowedHeaders: ['range'],
  ExposeHeaders: ['ETag'],
  MaxAgeSeconds: 3600,
}

/** Sets the CORS rules of both buckets, so that pages of this machine can upload to them. */
export async function allowBrowsers(settings: StoreSettings): Promise<void> {
  const { s3, close } = connectStores(settings)
  for (const [Bucket, rule] of [
    [settings.RAW_BUCKET, rawRule],
    [settings.PROCESSED_BUCKET, processedRule],
  ] as const)
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
  close()
}
