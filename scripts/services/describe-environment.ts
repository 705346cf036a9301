import { join } from 'node:path'
import type { ServicesLayout } from './services-layout.ts'
import type { ServicesState } from './services-state.ts'

/** The settings for clients of the services, with the setting names of the gateway and the processor. */
export function describeEnvironment(layout: ServicesLayout, state: ServicesState) {
  const { ports, kafka, s3, redis } = state
  const brokers = ['kafka-1', 'kafka-2', 'kafka-3'] as const
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_ENDPOINT: `http://127.0.0.1:${ports.s3}`,
    S3_EVENT_URL: state.s3EventUrl,
    RAW_BUCKET: 'hashgate-raw',
    PROCESSED_BUCKET: 'hashgate-processed',
    DYNAMODB_ENDPOINT: `http://127.0.0.1:${ports.dynamodb}`,
    CATALOG_TABLE: 'hashgate-images',
    KEYS_TABLE: 'hashgate-keys',
    WEBHOOKS_TABLE: 'hashgate-webhooks',
    KAFKA_BROKERS: brokers.map((name) => `127.0.0.1:${ports[name]}`).join(','),
    KAFKA_PLAINTEXT_BROKERS: brokers.map((name) => `127.0.0.1:${ports[`${name}-plaintext`]}`).join(','),
    KAFKA_SASL_USERNAME: kafka.username,
    KAFKA_SASL_PASSWORD: kafka.password,
    KAFKA_CA_FILE: join(layout.tls, 'ca.pem'),
    REDIS_URL: `redis://:${redis.password}@127.0.0.1:${ports.redis}`,
  }
}

export type ServicesEnvironment = ReturnType<typeof describeEnvironment>
