import { backoffSeconds, retry } from './retry.ts'
import { StoreError, StoreUnreachable } from './store-error.ts'
import type { PutOptions, UploadTarget } from './types.ts'
import { sendByFetch } from './upload/send-by-fetch.ts'
import { sendByXhr } from './upload/send-by-xhr.ts'

const maxAttempts = 4

/**
 * Sends the bytes to the store with exactly the headers it was given, and retries server errors and lost connections a few times.
 * @returns `stored`, or `already there` when the store has the same bytes (412)
 * @throws StoreError when the store refuses the upload; a 403 means that the URL has expired: request a new one
 * @throws StoreUnreachable when the store cannot be reached, FileChanged when the file can no longer be read, and the reason of `signal`
 */
export async function putObject(
  target: UploadTarget,
  file: Blob,
  options: PutOptions = {},
): Promise<'stored' | 'already there'> {
  const { send = typeof XMLHttpRequest === 'undefined' ? sendByFetch : sendByXhr } = options
  return retry(
    async () => {
      const { status, body } = await send(target, file, options)
      if (status === 412) return 'already there'
      if (status >= 200 && status < 300) return 'stored'
      throw new StoreError(status, body)
    },
    { delaySeconds, signal: options.signal },
  )
}

function delaySeconds(error: unknown, attempt: number): number | undefined {
  return canHelp(error) && attempt < maxAttempts ? backoffSeconds(attempt) : undefined
}

/** 409 is S3's ConditionalRequestConflict: the object was deleted during the upload. S3 answers a stalled upload with 400 RequestTimeout. */
function canHelp(error: unknown): boolean {
  if (!(error instanceof StoreError)) return error instanceof StoreUnreachable
  const { status, code } = error
  return status === 409 || status === 429 || status >= 500 || code === 'RequestTimeout'
}
