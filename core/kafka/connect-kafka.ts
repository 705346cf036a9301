import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { secretsManagerClientOptions } from '../aws/aws-client-options.ts'
import type { KafkaSettings } from '../config/kafka-settings.ts'
import { ConfigError } from '../config/read-config.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createKafka, type KafkaClient } from './kafka-client.ts'
import { fixedCredentials, type KafkaCredentials, secretCredentials } from './kafka-credentials.ts'
import { readAuthorities } from './read-authorities.ts'

interface ConnectOptions {
  clientId: string
  logger: Logger
}

type ConnectSettings = KafkaSettings & { AWS_REGION: string; SECRETS_MANAGER_ENDPOINT: string }

/**
 * Creates the Kafka client that the settings describe, with certificates and credentials from files, settings or Secrets Manager.
 * @throws ConfigError that names the invalid setting
 */
export async function connectKafka(settings: ConnectSettings, options: ConnectOptions): Promise<KafkaClient> {
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
  if (secretId && (username || password)) {
    throw new ConfigError(
      'Set either KAFKA_SASL_SECRET_ID or KAFKA_SASL_USERNAME with KAFKA_SASL_PASSWORD, not both.',
    )
  }
  if (secretId) return secretCredentials(secretsManager(), secretId)
  if (!username && !password) return undefined
  if (!username) throw new ConfigError('KAFKA_SASL_PASSWORD is set, but KAFKA_SASL_USERNAME is not.')
  if (!password) throw new ConfigError('KAFKA_SASL_USERNAME is set, but KAFKA_SASL_PASSWORD is not.')
  return fixedCredentials({ username, password })
}
