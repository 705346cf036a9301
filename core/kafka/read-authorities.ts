import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { KafkaSettings } from '../config/kafka-settings.ts'
import { ConfigError } from '../config/read-config.ts'
import { parseJson } from '../parse-json.ts'

/**
 * Reads the CA certificates of the brokers in PEM. Returns undefined when none are configured; Node.js then uses its own. A secret
 * has the format that Lambda's event source for Kafka requires, so both can use the same one:
 *
 *     { "certificate": "-----BEGIN CERTIFICATE-----\nMII…" }
 *
 * @param secretsManager called only when the certificates are in a secret
 * @throws ConfigError that names the invalid setting
 */
export async function readAuthorities(
  {
    KAFKA_CA_FILE: file,
    KAFKA_CA_SECRET_ID: secretId,
  }: Pick<KafkaSettings, 'KAFKA_CA_FILE' | 'KAFKA_CA_SECRET_ID'>,
  secretsManager: () => SecretsManagerClient,
): Promise<string | undefined> {
  if (file) return checked('KAFKA_CA_FILE', readFile(file, 'utf8'))
  if (secretId) return checked('KAFKA_CA_SECRET_ID', readCertificate(secretsManager(), secretId))
}

async function checked(setting: string, reading: Promise<string>): Promise<string> {
  try {
    const pem = await reading
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    throw new ConfigError(`${setting} cannot be used: ${(cause as Error).message}`, { cause })
  }
}

async function readCertificate(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }))
  const { certificate } = parseJson(SecretString) as { certificate?: unknown }
  if (typeof certificate !== 'string') throw new Error(`the secret ${SecretId} is not {"certificate": "…"}`)
  return certificate
}
