/** The store said no to the bytes. `code` is S3's, such as `BadDigest`; `message` is for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly status: number

  /** @param body S3's answer, XML */
  constructor(status: number, body: string) {
    const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1]
    super(
      sentences[code ?? ''] ?? `The store refused the upload: ${code ?? 'no reason given'} (HTTP ${status}).`,
    )
    this.status = status
    this.code = code ?? `HTTP_${status}`
  }
}

/** The connection to the store could not be made, or broke. Whether the bytes arrived is unknown. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable'

  constructor(url: string, cause?: unknown) {
    super(`The connection to the store at ${new URL(url).host} was lost.`, { cause })
  }
}

/** The file on the disk is no longer the one that was chosen. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'

  constructor(cause: unknown) {
    super('The file was changed or removed while it was being sent.', { cause })
  }
}

/** S3's answers are XML for machines; these are for the people who wait for their photo. */
const sentences: Record<string, string> = {
  AccessDenied: 'The store refused the upload: the URL has expired, or a header differs from what was told.',
  SignatureDoesNotMatch: 'The store refused the upload: it is not what the URL was made for.',
  BadDigest:
    'The bytes are not the ones that were announced: the file changed, or it was damaged on the way.',
  IncompleteBody: 'The upload was cut off.',
  EntityTooLarge: 'The file is larger than the store takes.',
  RequestTimeout: 'The upload was too slow: the store waited in vain for more bytes.',
  SlowDown: 'The store is busy.',
  ServiceUnavailable: 'The store is busy.',
  InternalError: 'The store has a fault of its own.',
  NoSuchBucket: 'The store has no bucket for uploads: the gateway is not set up right.',
}
