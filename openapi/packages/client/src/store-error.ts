/** The store refused the upload. `code` is S3's, such as `BadDigest`; `message` is a sentence for users. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly status: number

  /** @param body S3's XML response */
  constructor(status: number, body: string) {
    const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1]
    super(
      sentences[code ?? ''] ?? `The store refused the upload: ${code ?? 'no reason given'} (HTTP ${status}).`,
    )
    this.status = status
    this.code = code ?? `HTTP_${status}`
  }
}

/** The store could not be reached, or the connection broke. It is unknown whether the bytes arrived. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable'

  constructor(url: string, cause?: unknown) {
    super(`The connection to the store at ${new URL(url).host} was lost.`, { cause })
  }
}

/** The file changed on disk after it was selected. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'

  constructor(cause: unknown) {
    super('The file was changed or removed while it was being sent.', { cause })
  }
}

/** Sentences for users, by S3 error code. */
const sentences: Record<string, string> = {
  AccessDenied:
    'The store refused the upload: the URL has expired, or a header differs from the required one.',
  SignatureDoesNotMatch: 'The store refused the upload: it does not match what the URL was issued for.',
  BadDigest:
    'The uploaded bytes do not match the announced hash: the file changed or was damaged in transit.',
  IncompleteBody: 'The upload was interrupted.',
  EntityTooLarge: 'The file is larger than the store accepts.',
  RequestTimeout: 'The upload was too slow, and the store timed out.',
  SlowDown: 'The store is busy.',
  ServiceUnavailable: 'The store is busy.',
  InternalError: 'The store had an internal error.',
  NoSuchBucket: 'The upload bucket does not exist: the gateway is misconfigured.',
}
