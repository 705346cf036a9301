import { sendEmpty } from '../respond.ts'
import type { Operation } from '../s3-context.ts'

/** Deleting what is not there succeeds, as in S3. */
export const deleteObject: Operation = async ({ bucket, key }, response, { store, runAlone }) => {
  await runAlone(`${bucket}/${key}`, () => store.remove(bucket, key))
  sendEmpty(response, 204)
}
