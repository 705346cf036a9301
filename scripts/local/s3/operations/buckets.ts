import { sendEmpty, sendXml } from '../http/respond.ts'
import type { Operation } from '../s3-context.ts'

/** Answers 200 for an existing bucket, as S3 does in us-east-1. */
export const createBucket: Operation = async ({ bucket }, response, { store }) => {
  await store.createBucket(bucket)
  sendEmpty(response, 200, { location: `/${bucket}` })
}

export const headBucket: Operation = async ({ bucket }, response, { store, region }) => {
  store.requireBucket(bucket)
  sendEmpty(response, 200, { 'x-amz-bucket-region': region })
}

export const deleteBucket: Operation = async ({ bucket }, response, { store }) => {
  await store.removeBucket(bucket)
  sendEmpty(response, 204)
}

export const listBuckets: Operation = async (_request, response, { store }) => {
  const buckets = store.listBuckets().map((Name) => ({ Name }))
  sendXml(response, 'ListAllMyBucketsResult', { Buckets: { Bucket: buckets } })
}
