export interface ObjectCreated {
  bucket: string
  key: string
  byteLength: number
  /** Without quotes. */
  etag: string
  /** Hex, greater than that of any earlier write of the same key. */
  sequencer: string
  timeMs: number
  region: string
  requestId: string
  sourceIpAddress: string
}

export type ObjectCreatedEvent = ReturnType<typeof buildObjectCreatedEvent>

/** The message S3 sends. Source: "Event message structure", Amazon S3 User Guide. */
export function buildObjectCreatedEvent(created: ObjectCreated) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: created.region,
        eventTime: new Date(created.timeMs).toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'local-s3' },
        requestParameters: { sourceIPAddress: created.sourceIpAddress },
        responseElements: { 'x-amz-request-id': created.requestId, 'x-amz-id-2': created.requestId },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local-s3',
          bucket: {
            name: created.bucket,
            ownerIdentity: { principalId: 'local-s3' },
            arn: `arn:aws:s3:::${created.bucket}`,
          },
          object: {
            key: formEncode(created.key),
            size: created.byteLength,
            eTag: created.etag,
            sequencer: created.sequencer,
          },
        },
      },
    ],
  }
}

/** Encodes like an HTML form (spaces as `+`) but keeps `/`. */
function formEncode(key: string): string {
  return new URLSearchParams([['', key]]).toString().slice(1).replaceAll('%2F', '/')
}

/**
 * Creates increasing numbers, also across restarts as long as the clock does not go back.
 * @returns 16 hex digits
 */
export function createSequencer(now: () => number): () => string {
  let last = 0n
  return function nextSequencer() {
    const fromClock = BigInt(now()) * 1_000_000n
    last = fromClock > last ? fromClock : last + 1n
    return last.toString(16).padStart(16, '0').toUpperCase()
  }
}
