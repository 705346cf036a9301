/** Limits of the live stream. Each process has its own. */
export const streamLimits = {
  maxStreams: 4_000,
  maxStreamsPerTenant: 1_000,
  /** A reader that leaves more than this unread is cut off. */
  maxBufferedBytes: 256 * 1024,
  /** How many events are kept for readers that reconnect, over all tenants. */
  keptEvents: 1_000,
  /** Far below the 60 s after which load balancers close idle connections. */
  heartbeatSeconds: 15,
  /** Keys are cached for 55 s, so that the streams of a revoked key end within a minute, like its other access. */
  recheckSeconds: 5,
  /**
   * A stream ends between these ages. The load balancer cuts what is still open when the deregistration delay is over, so that must
   * be longer (`deploy/gateway.yaml`; a test compares them).
   */
  minLifetimeSeconds: 180,
  maxLifetimeSeconds: 240,
  /** How long a response may take to reach its reader after the stream has ended. */
  flushSeconds: 10,
  /** After this time without streams, reading from Kafka stops. */
  idleSeconds: 300,
  /** How long a request waits for Kafka. Kafka waits 3 s for further members of a new group. */
  liveTimeoutMs: 10_000,
  /** How long the process waits for its last responses when it closes, of the 4 s that it has. */
  closeMs: 1_000,
}
