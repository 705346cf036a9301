import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** From a cached answer to a dependency that is given up. */
const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 25]
const presignSeconds = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05]

export type GatewayMetrics = ReturnType<typeof createMetrics>

/**
 * What a gateway counts, in Prometheus' terms. Labels are few and bounded: operations, statuses, codes, outcomes; never a
 * tenant, a key or an image.
 */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    requests: new Counter({
      name: 'hashgate_http_requests_total',
      help: 'Requests that were answered, by operation of the contract, status and problem code.',
      labelNames: ['operation', 'status', 'code'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'hashgate_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer. getImage may wait 25 s on purpose.',
      labelNames: ['operation'],
      buckets: seconds,
      registers,
    }),
    presignSeconds: new Histogram({
      name: 'hashgate_presign_duration_seconds',
      help: 'Signing one URL, upload or download.',
      labelNames: ['method'],
      buckets: presignSeconds,
      registers,
    }),
    uploads: new Counter({
      name: 'hashgate_uploads_total',
      help: 'Answers to the question whether bytes must be sent: granted, or duplicate.',
      labelNames: ['outcome'],
      registers,
    }),
    bytesSaved: new Counter({
      name: 'hashgate_bytes_saved_total',
      help: 'Bytes that need not be sent, because the same tenant had sent them before.',
      registers,
    }),
    owing: new Gauge({
      name: 'hashgate_images_owing_events',
      help: 'Images with events that wait for Kafka, counted up to about 100,000.',
      registers,
    }),
    oldestOwedSeconds: new Gauge({
      name: 'hashgate_oldest_owed_event_age_seconds',
      help: 'How long the first of the waiting events has waited; 0 when none does.',
      registers,
    }),
    kafkaSeconds: new Histogram({
      name: 'hashgate_kafka_publish_duration_seconds',
      help: 'From handing over an event to its acknowledgement by all in-sync replicas, or giving up.',
      labelNames: ['outcome'],
      buckets: seconds,
      registers,
    }),
    dynamoDbSeconds: new Histogram({
      name: 'hashgate_dynamodb_request_duration_seconds',
      help: 'Calls of DynamoDB, repetitions included.',
      labelNames: ['operation', 'outcome'],
      buckets: seconds,
      registers,
    }),
  }
}
