import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Histogram buckets, from a cached response to a dependency that times out. */
const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 25]
const presignSeconds = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05]

export type GatewayMetrics = ReturnType<typeof createMetrics>

/**
 * The gateway's Prometheus metrics. Labels have few values: operations, statuses, codes and outcomes, but never a tenant, a key
 * or an image.
 */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    requests: new Counter({
      name: 'hashgate_http_requests_total',
      help: 'Requests by API operation, status and problem code.',
      labelNames: ['operation', 'status', 'code'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'hashgate_http_request_duration_seconds',
      help: 'Time from the first byte of the request to the last of the response. getImage can wait up to 25 s on purpose.',
      labelNames: ['operation'],
      buckets: seconds,
      registers,
    }),
    presignSeconds: new Histogram({
      name: 'hashgate_presign_duration_seconds',
      help: 'Time to presign one URL.',
      labelNames: ['method'],
      buckets: presignSeconds,
      registers,
    }),
    uploads: new Counter({
      name: 'hashgate_uploads_total',
      help: 'Upload requests by outcome: granted or duplicate.',
      labelNames: ['outcome'],
      registers,
    }),
    bytesSaved: new Counter({
      name: 'hashgate_bytes_saved_total',
      help: 'Bytes not sent because the tenant had already uploaded them.',
      registers,
    }),
    owing: new Gauge({
      name: 'hashgate_images_owing_events',
      help: 'Images with events pending in the outbox, counted up to about 100,000.',
      registers,
    }),
    oldestOwedSeconds: new Gauge({
      name: 'hashgate_oldest_owed_event_age_seconds',
      help: 'Age of the oldest pending event; 0 when there is none.',
      registers,
    }),
    openStreams: new Gauge({
      name: 'hashgate_streams_open',
      help: 'Open event streams.',
      registers,
    }),
    closedStreams: new Counter({
      name: 'hashgate_streams_closed_total',
      help: 'Closed event streams by reason: client, lifetime, slow, credentials or shutdown.',
      labelNames: ['reason'],
      registers,
    }),
    streamedEvents: new Counter({
      name: 'hashgate_streamed_events_total',
      help: 'Events handed out to streams.',
      registers,
    }),
    kafkaSeconds: new Histogram({
      name: 'hashgate_kafka_publish_duration_seconds',
      help: 'Time until all in-sync replicas acknowledged an event, or until the publish failed.',
      labelNames: ['outcome'],
      buckets: seconds,
      registers,
    }),
    dynamoDbSeconds: new Histogram({
      name: 'hashgate_dynamodb_request_duration_seconds',
      help: 'DynamoDB calls, retries included.',
      labelNames: ['operation', 'outcome'],
      buckets: seconds,
      registers,
    }),
  }
}
