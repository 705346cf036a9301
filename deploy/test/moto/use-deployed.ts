import type { Deployment } from '../../../scripts/deploy/deployment.ts'
import { readOutput } from '../../../scripts/deploy/read-outputs.ts'
import type { StartBacking } from '../../../scripts/local/backing.ts'
import { startLocalKafka } from '../../../scripts/local/start-local-kafka.ts'
import { credentials, region } from './start-moto.ts'

/** Connects to the buckets and tables that the templates created, and to a local Kafka, because moto has none. */
export function useDeployed({ aws, env }: Deployment, endpoint: string): StartBacking {
  const output = (name: string) => readOutput(aws.ssm, env, name)
  return async (_dataDirectory, onStop) => {
    const kafka = await startLocalKafka()
    onStop(kafka.close)
    return {
      environment: {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        S3_ENDPOINT: endpoint,
        DYNAMODB_ENDPOINT: endpoint,
        RAW_BUCKET: await output('storage/raw-bucket'),
        PROCESSED_BUCKET: await output('storage/processed-bucket'),
        CATALOG_TABLE: await output('metadata/catalog-table'),
        KEYS_TABLE: await output('metadata/keys-table'),
        KAFKA_TOPIC_PREFIX: await output('kafka/topic-prefix'),
        KAFKA_BROKERS: kafka.brokers,
      },
    }
  }
}
