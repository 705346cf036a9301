import { buildObjectCreatedEvent } from '../events/object-created-event.ts'
import { S3Error } from '../http/s3-error.ts'
import type { S3Context, VerifiedRequest } from '../s3-context.ts'
import type { ObjectHead } from '../store/object-file.ts'
import { preconditionFailed } from '../store/object-store.ts'
import type { StagedFile } from '../store/staged-file.ts'
import type { WriteCondition } from './stored-headers.ts'

/**
 * Makes a received object visible and enqueues its event. The event is on disk before the object is visible, so neither
 * a crash nor a refused retry (412) can lose it. Throws `PreconditionFailed` or `NoSuchKey` when the condition does not hold; the staged file is then removed.
 */
export async function publishObject(
  request: VerifiedRequest,
  s3: S3Context,
  upload: { staged: StagedFile; head: ObjectHead; condition: WriteCondition },
): Promise<void> {
  const { staged, head, condition } = upload
  const { bucket, key } = request
  try {
    await staged.seal(head)
    await s3.runAlone(`${bucket}/${key}`, async () => {
      await checkCondition(request, s3, condition)
      const spooled = await prepareEvent(request, s3, head)
      await s3.store.publish(staged.path, bucket, key, condition.ifAbsent).catch(async (error) => {
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

/** Throws `PreconditionFailed`, or `NoSuchKey` when an object that must match does not exist. */
export async function checkCondition(
  { bucket, key }: VerifiedRequest,
  { store }: S3Context,
  { ifAbsent, ifMatch }: WriteCondition,
): Promise<void> {
  if (ifAbsent && (await store.hasObject(bucket, key))) throw preconditionFailed('If-None-Match')
  if (ifMatch === undefined) return
  const found = await store.findHead(bucket, key)
  if (!found) throw new S3Error('NoSuchKey', undefined, { Key: key })
  if (found.etag !== ifMatch) throw preconditionFailed('If-Match')
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
