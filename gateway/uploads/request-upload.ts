import type { Static } from 'typebox'
import { topics } from '../../core/events/image-events.ts'
import { formatOf } from '../../core/images/formats.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { rawKey } from '../../core/images/object-key.ts'
import type { Principal } from '../auth/principal.ts'
import type { GatewayConfig } from '../config.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { describeImage, expiryOf } from '../http/describe-image.ts'
import { Problem } from '../http/problems.ts'
import type { UploadAnswer, UploadRequest } from '../http/schemas/upload-schemas.ts'
import type { OutboxPublisher } from './outbox-publisher.ts'

type Answer = Static<typeof UploadAnswer>

export type RequestUpload = ReturnType<typeof createRequestUpload>

/**
 * Decides whether the tenant has to upload these bytes.
 *
 * A response means that the record is in the catalog and, for a granted upload, that the event is on its topic or in the record's
 * outbox. A request that failed halfway can be repeated: it finds its own pending record and publishes the event again.
 */
export function createRequestUpload(
  { HEIC, MAX_UPLOAD_BYTES }: Pick<GatewayConfig, 'HEIC' | 'MAX_UPLOAD_BYTES'>,
  dependencies: GatewayDependencies,
  publishOrEnqueue: OutboxPublisher['publishOrEnqueue'],
) {
  const { catalog, presignUpload, readTokens, metrics } = dependencies

  /** @throws Problem: VALIDATION_FAILED for too many bytes, HEIC_NOT_ENABLED, DEPENDENCY_UNAVAILABLE (a retry can help) */
  return async function requestUpload(
    { tenant, scopes }: Pick<Principal, 'tenant' | 'scopes'>,
    request: Static<typeof UploadRequest>,
  ): Promise<Answer> {
    const { sha256, byteLength, contentType, fileName } = request
    if (byteLength > MAX_UPLOAD_BYTES) throw tooManyBytes(MAX_UPLOAD_BYTES)
    if (HEIC === 'off' && formatOf(contentType) === 'heic') throw new Problem('HEIC_NOT_ENABLED')
    const imageId = sha256.toLowerCase()
    const { record } = await catalog.register({
      tenant,
      imageId,
      byteLength,
      contentType,
      // Half a surrogate pair has no UTF-8, so the catalog could not store it.
      fileName: fileName?.toWellFormed(),
    })
    return record.status === 'pending'
      ? grantUpload(record)
      : reportDuplicate(record, scopes.includes('read'))
  }

  async function grantUpload(record: ImageRecord): Promise<Answer> {
    const [upload] = await Promise.all([
      presignUpload(rawKey(record), record),
      publishOrEnqueue(topics.uploadRequested, record),
    ])
    metrics.uploads.inc({ outcome: 'granted' })
    const { tenant, imageId, status } = record
    const readToken = readTokens?.issue(tenant, imageId)
    return { imageId, status, duplicate: false, expiresAt: expiryOf(record), upload, readToken }
  }

  /** A caller without the scope `read` learns that the image exists, but gets no URLs to read it. */
  async function reportDuplicate(record: ImageRecord, mayRead: boolean): Promise<Answer> {
    const { imageId, status, rejection, byteLength } = record
    metrics.uploads.inc({ outcome: 'duplicate' })
    metrics.bytesSaved.inc(byteLength)
    const [image] = await Promise.all([
      status === 'ready' && mayRead ? describeImage(record, dependencies) : undefined,
      // Only analytics uses this count, so a failure must not fail the request.
      catalog.countDuplicate(record).catch(() => {}),
    ])
    return { imageId, status, duplicate: true, expiresAt: expiryOf(record), image, rejection }
  }
}

function tooManyBytes(maxUploadBytes: number): Problem {
  const message = `must be <= ${maxUploadBytes}, the limit of this gateway`
  return new Problem('VALIDATION_FAILED', { errors: [{ field: 'byteLength', message }] })
}
