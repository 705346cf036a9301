import { createHash } from 'node:crypto'
import { DependencyUnavailable } from '../../core/errors.ts'
import { readHeldRecord } from './read-held-record.ts'
import type { Held, ProcessorDeps } from './stages.ts'

interface NewObject {
  key: string
  bytes: Buffer
  contentType: string
}

/**
 * Writes an object unless the same bytes are stored already. Only the holder of the lease replaces other bytes: an earlier manifest, or
 * a variant from another version of an encoder. Every write is conditional, so one that a worker or the network delays changes nothing.
 * @returns the base64 of the SHA-256 of the bytes
 * @throws LeaseLost; DependencyUnavailable (a retry can help)
 */
export async function storeObject(
  { key, bytes, contentType }: NewObject,
  held: Held,
  { catalog, processedBucket, limits }: ProcessorDeps,
): Promise<string> {
  const { signal } = limits
  const sha256 = createHash('sha256').update(bytes).digest('base64')
  if (await processedBucket.write(key, bytes, contentType, { sha256, only: 'if absent', signal }))
    return sha256
  const found = await processedBucket.head(key, { withSha256: true, signal })
  if (found?.sha256 === sha256) return sha256
  await readHeldRecord(held, { catalog })
  const only = found?.etag ? { ifEtag: found.etag } : 'if absent'
  if (await processedBucket.write(key, bytes, contentType, { sha256, only, signal })) return sha256
  throw new DependencyUnavailable('bucket', new Error(`another writer changed ${key} at the same time`))
}
