import { type Check, requestUpload, Skipped } from './check.ts'
import { expectRefusal, put } from './check-refusals.ts'

/** The clocks of the gateway and of the store may be apart. */
const skewSeconds = 5

export const expiryPromise = 'the bucket refuses: expired'

/** Last, as it waits: a URL that has only been told another date is a tampered one, not an expired one. */
export const expiryChecks: Check[] = [
  {
    promise: expiryPromise,
    diagnosis: 'The store does not look at X-Amz-Expires, or its clock is wrong.',
    run: async (target) => {
      const { upload } = await requestUpload(target, target.unwanted)
      const seconds = upload.expiresInSeconds + skewSeconds
      if (seconds > target.expiryWaitSeconds) {
        throw new Skipped(`it takes ${seconds} s: wait for it with --expiry-wait-seconds ${seconds}`)
      }
      await target.sleep(seconds)
      await expectRefusal(target, put(upload, target.unwanted.bytes))
    },
  },
]
