/** The store refused the upload. `code` is S3's, such as `BadDigest`; `message` is a sentence for users. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  declare readonly code: string
  declare readonly status: number

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
    // React Native's URL has no host.
    super(`The connection to the store at ${url.split('/')[2]} was lost.`, { cause })
  }
}

/** The file changed on disk after it was selected. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'

  constructor(cause: unknown) {
    super('The file was changed or removed after it was selected.', { cause })
  }
}

/** FileChanged if the error, or one of its causes, is a failure to read a file. */
export function asFileChanged(error: unknown): FileChanged | undefined {
  if (error instanceof FileChanged) return error
  if (!(error instanceof Error)) return undefined
  const isUnreadable = error.name === 'NotReadableError' || error.name === 'NotFoundError'
  return isUnreadable ? new FileChanged(error) : asFileChanged(error.cause)
}

/** Sentences for users, by S3 error code. */
const sentences: Record<string, string> = {
  AccessDenied: 'The upload URL has expired, or a header differs from the required one.',
  SignatureDoesNotMatch: 'The upload does not match what its URL was issued for.',
  BadDigest: 'The file changed, or was damaged in transit.',
  IncompleteBody: 'The upload was interrupted.',
  EntityTooLarge: 'The file is larger than the store accepts.',
  RequestTimeout: 'The upload was too slow.',
  SlowDown: 'The store is busy.',
  ServiceUnavailable: 'The store is busy.',
  InternalError: 'The store had an internal error.',
  NoSuchBucket: 'The upload bucket does not exist.',
}
