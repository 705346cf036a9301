import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Kafka } from 'kafkajs'
import { ConfigError } from '../config/config-error.ts'
import type { KafkaSettings } from '../config/kafka-settings.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createKafka } from './kafka.ts'
import { fixedCredentials, type KafkaCredentials, secretCredentials } from './kafka-credentials.ts'
import { readAuthorities } from './read-authorities.ts'

interface Parts {
  clientId: string
  logger: Logger
  secretsManager: SecretsManagerClient
}

/** @throws ConfigError that names the setting at fault: no certificate where one should be, half of a login, two logins */
export async function connectKafka(settings: KafkaSettings, parts: Parts): Promise<Kafka> {
  const credentials = chooseCredentials(settings, parts.secretsManager)
  const ca = await readAuthorities(settings, parts.secretsManager)
  const tls = ca ? { ca } : settings.KAFKA_TLS || credentials !== undefined
  return createKafka({ ...parts, brokers: settings.KAFKA_BROKERS, tls, credentials })
}

function chooseCredentials(
  settings: KafkaSettings,
  secretsManager: SecretsManagerClient,
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
  if (secretId) return secretCredentials(secretsManager, secretId)
  if (!username && !password) return undefined
  if (!username) throw new ConfigError('KAFKA_SASL_PASSWORD is set, but KAFKA_SASL_USERNAME is not.')
  if (!password) throw new ConfigError('KAFKA_SASL_USERNAME is set, but KAFKA_SASL_PASSWORD is not.')
  return fixedCredentials({ username, password })
}
