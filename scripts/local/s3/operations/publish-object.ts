import { buildObjectCreatedEvent } from '../events/object-created-event.ts'
import type { S3Context, VerifiedRequest } from '../s3-context.ts'
import type { ObjectHead } from '../store/object-file.ts'
import { preconditionFailed } from '../store/object-store.ts'
import type { StagedFile } from '../store/staged-file.ts'

/**
 * Makes a received object visible and enqueues its event. The event is on disk before the object is visible, so neither
 * a crash nor a refused retry (412) can lose it. Throws `PreconditionFailed`; the staged file is then removed.
 */
export async function publishObject(
  request: VerifiedRequest,
  s3: S3Context,
  upload: { staged: StagedFile; head: ObjectHead; ifAbsent: boolean },
): Promise<void> {
  const { staged, head, ifAbsent } = upload
  const { bucket, key } = request
  try {
    await staged.seal(head)
    await s3.runAlone(`${bucket}/${key}`, async () => {
      if (ifAbsent) await refuseExisting(request, s3)
      const spooled = await prepareEvent(request, s3, head)
      await s3.store.publish(staged.path, bucket, key, ifAbsent).catch(async (error) => {
        if (spooled) await s3.spool.withdraw(spooled)
        throw error
      })
      if (!spooled) return
      await s3.spool.confirm(spooled)
      s3.delivery.enqueue(spooled)
    })
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** Throws `PreconditionFailed` when the key exists. */
export async function refuseExisting({ bucket, key }: VerifiedRequest, { store }: S3Context): Promise<void> {
  if (await store.hasObject(bucket, key)) throw preconditionFailed()
}

async function prepareEvent(
  request: VerifiedRequest,
  s3: S3Context,
  head: ObjectHead,
): Promise<string | undefined> {
  const { bucket, key, requestId, message } = request
  if (!s3.notifyingBuckets.has(bucket)) return undefined
  const event = buildObjectCreatedEvent({
    bucket,
    key,
    byteLength: head.byteLength,
    etag: head.etag,
    sequencer: s3.nextSequencer(),
    timeMs: s3.now(),
    region: s3.region,
    requestId,
    sourceIpAddress: message.socket.remoteAddress ?? '',
  })
  return s3.spool.prepare(event)
}
