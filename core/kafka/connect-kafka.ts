import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { secretsManagerClientOptions } from '../aws/aws-client-options.ts'
import { findKafkaConflicts, type KafkaSettings } from '../config/kafka-settings.ts'
import { ConfigError } from '../config/read-config.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createKafka, type KafkaClient } from './kafka-client.ts'
import { fixedCredentials, type KafkaCredentials, secretCredentials } from './kafka-credentials.ts'
import { readAuthorities } from './read-authorities.ts'

interface ConnectOptions {
  clientId: string
  logger: Logger
}

export type ConnectSettings = KafkaSettings & { AWS_REGION: string; SECRETS_MANAGER_ENDPOINT: string }

/**
 * Creates the Kafka client that the settings describe, with certificates and credentials from files, settings or Secrets Manager.
 * @throws ConfigError that names the invalid setting
 */
export async function connectKafka(settings: ConnectSettings, options: ConnectOptions): Promise<KafkaClient> {
  const conflicts = findKafkaConflicts(settings)
  if (conflicts.length > 0) throw new ConfigError(conflicts.join('\n'))
  let client: SecretsManagerClient | undefined
  const secretsManager = () => (client ??= new SecretsManagerClient(secretsManagerClientOptions(settings)))
  const credentials = chooseCredentials(settings, secretsManager)
  const ca = await readAuthorities(settings, secretsManager)
  const tls = ca ? { ca } : settings.KAFKA_TLS || credentials !== undefined
  return createKafka({ ...options, brokers: settings.KAFKA_BROKERS, tls, credentials })
}

function chooseCredentials(
  settings: KafkaSettings,
  secretsManager: () => SecretsManagerClient,
): KafkaCredentials | undefined {
  const {
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    KAFKA_SASL_SECRET_ID: secretId,
  } = settings
  if (secretId) return secretCredentials(secretsManager(), secretId)
  return username ? fixedCredentials({ username, password }) : undefined
}
