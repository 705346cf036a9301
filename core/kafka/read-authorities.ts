import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ConfigError } from '../config/config-error.ts'
import type { KafkaSettings } from '../config/kafka-settings.ts'

/**
 * The authorities that sign the brokers' certificates, in PEM, or undefined when Node's own are to be trusted. A secret has the form
 * that Lambda's event source for Kafka wants, so both can share one:
 *
 *     { "certificate": "-----BEGIN CERTIFICATE-----\nMII…" }
 *
 * @throws ConfigError that names the setting at fault
 */
export async function readAuthorities(
  {
    KAFKA_CA_FILE: file,
    KAFKA_CA_SECRET_ID: secretId,
  }: Pick<KafkaSettings, 'KAFKA_CA_FILE' | 'KAFKA_CA_SECRET_ID'>,
  secretsManager: SecretsManagerClient,
): Promise<string | undefined> {
  if (file && secretId) throw new ConfigError('Set either KAFKA_CA_FILE or KAFKA_CA_SECRET_ID, not both.')
  if (file) return checked('KAFKA_CA_FILE', readFile(file, 'utf8'))
  if (secretId) return checked('KAFKA_CA_SECRET_ID', readCertificate(secretsManager, secretId))
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
  const { certificate } = JSON.parse(SecretString)
  if (typeof certificate !== 'string') throw new Error(`the secret ${SecretId} is not {"certificate": "…"}`)
  return certificate
}
