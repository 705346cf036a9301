import { type Check, requestUpload, Skipped } from './check.ts'
import { expectRefusal, put } from './check-refusals.ts'

/** Allows for different clocks of the gateway and the store. */
const skewSeconds = 5

export const expiryPromise = 'the bucket refuses: expired'

/** Runs last because it waits: a URL with a changed date would be tampered with, not expired. */
export const expiryChecks: Check[] = [
  {
    promise: expiryPromise,
    diagnosis: 'The store ignores X-Amz-Expires, or its clock is wrong.',
    run: async (target) => {
      const { upload } = await requestUpload(target, target.unwanted)
      const seconds = upload.expiresInSeconds + skewSeconds
      if (seconds > target.expiryWaitSeconds) {
        throw new Skipped(`URLs expire after ${seconds} s: run with --expiry-wait-seconds ${seconds}`)
      }
      await target.sleep(seconds)
      await expectRefusal(target, put(upload, target.unwanted.bytes))
    },
  },
]
