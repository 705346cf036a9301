import { S3Error } from '../http/s3-error.ts'
import type { S3Request } from '../http/s3-request.ts'
import type { Operation } from '../s3-context.ts'
import { createBucket, deleteBucket, headBucket, listBuckets } from './buckets.ts'
import { getObject } from './get-object.ts'
import { listObjects } from './list-objects.ts'
import { deleteObject, putObject } from './put-object.ts'

interface Route {
  method: string
  on: 'service' | 'bucket' | 'object'
  /** Required query parameters; with `=`, also their value. */
  needs?: string[]
  /** Optional query parameters. Any other parameter is not supported. */
  takes?: string[]
  run: Operation
}

const listing = ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type']
const overrides = ['type', 'disposition', 'encoding', 'language'].map((name) => `response-content-${name}`)
const reading = [...overrides, 'response-cache-control', 'response-expires']

const routes: Route[] = [
  { method: 'GET', on: 'service', takes: ['max-buckets'], run: listBuckets },
  { method: 'PUT', on: 'bucket', run: createBucket },
  { method: 'HEAD', on: 'bucket', run: headBucket },
  { method: 'DELETE', on: 'bucket', run: deleteBucket },
  {
    method: 'GET',
    on: 'bucket',
    needs: ['list-type=2'],
    takes: [...listing, 'fetch-owner'],
    run: listObjects,
  },
  { method: 'GET', on: 'object', takes: reading, run: getObject },
  { method: 'HEAD', on: 'object', takes: reading, run: getObject },
  { method: 'PUT', on: 'object', run: putObject },
  { method: 'DELETE', on: 'object', run: deleteObject },
]

/** Throws `NotImplemented` for every operation that this stand-in does not support. */
export function findOperation(request: S3Request): Operation {
  const found = routes.find((route) => matches(route, request))
  if (!found || request.message.headers['x-amz-copy-source'] !== undefined)
    throw new S3Error('NotImplemented', 'This local S3 does not implement the requested operation.')
  return found.run
}

function matches(route: Route, { method, bucket, key, query }: S3Request): boolean {
  const on = key ? 'object' : bucket ? 'bucket' : 'service'
  if (route.method !== method || route.on !== on) return false
  const needs = (route.needs ?? []).map((need) => need.split('='))
  const hasAll = needs.every(([name = '', value]) => query.has(name, value))
  const known = new Set([...needs.map(([name]) => name), ...(route.takes ?? []), 'x-id'])
  // x-amz-* belongs to the signature, or is a header that the signer moved into the query.
  return hasAll && [...query.keys()].every((name) => known.has(name) || /^x-amz-/i.test(name))
}
