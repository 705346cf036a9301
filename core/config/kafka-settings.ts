import { type Static, Type } from 'typebox'

const broker = '\\s*[^\\s,:]+:\\d+\\s*'
const brokersPattern = `^${broker}(,${broker})*$`

/** How a process connects to Kafka. Credentials or a CA certificate imply TLS: SCRAM is never sent over plain text. */
export const kafkaSettings = {
  KAFKA_BROKERS: Type.String({
    pattern: brokersPattern,
    mustBe: 'one or more brokers as host:port, separated by commas',
    description: 'Bootstrap brokers as `host:port`, separated by commas.',
  }),
  KAFKA_TOPIC_PREFIX: Type.String({
    default: '',
    description: 'Prefix of every topic name, for a cluster that several systems share.',
  }),
  KAFKA_TLS: Type.Boolean({
    default: false,
    description: 'Use TLS. Credentials or a CA certificate turn TLS on regardless.',
  }),
  KAFKA_CA_FILE: Type.String({
    default: '',
    description:
      "PEM file with the CA certificates that sign the brokers' certificates. Empty: the CAs that Node.js trusts.",
  }),
  KAFKA_CA_SECRET_ID: Type.String({
    default: '',
    description:
      'Name or ARN of an AWS Secrets Manager secret `{"certificate"}` with the CA certificates, instead of `KAFKA_CA_FILE`.',
  }),
  KAFKA_SASL_USERNAME: Type.String({
    default: '',
    description: 'User name for SASL/SCRAM-SHA-512. Set it together with `KAFKA_SASL_PASSWORD`.',
  }),
  KAFKA_SASL_PASSWORD: Type.String({ default: '', description: 'Password for SASL/SCRAM-SHA-512.' }),
  KAFKA_SASL_SECRET_ID: Type.String({
    default: '',
    description:
      'Name or ARN of an AWS Secrets Manager secret `{"username","password"}`, instead of the two settings above. It is read again when Kafka refuses the credentials.',
  }),
}

const schema = Type.Object(kafkaSettings)
export type KafkaSettings = Omit<Static<typeof schema>, 'KAFKA_TOPIC_PREFIX'>

/** Finds settings that exclude or require each other, a sentence each. */
export function findKafkaConflicts({
  KAFKA_CA_FILE: caFile,
  KAFKA_CA_SECRET_ID: caSecretId,
  KAFKA_SASL_USERNAME: username,
  KAFKA_SASL_PASSWORD: password,
  KAFKA_SASL_SECRET_ID: secretId,
}: Partial<KafkaSettings>): string[] {
  const conflicts: string[] = []
  if (caFile && caSecretId) conflicts.push('Set either KAFKA_CA_FILE or KAFKA_CA_SECRET_ID, not both.')
  if (secretId && (username || password)) {
    conflicts.push(
      'Set either KAFKA_SASL_SECRET_ID or KAFKA_SASL_USERNAME with KAFKA_SASL_PASSWORD, not both.',
    )
  } else if (password && !username) {
    conflicts.push('KAFKA_SASL_PASSWORD is set, but KAFKA_SASL_USERNAME is not.')
  } else if (username && !password) {
    conflicts.push('KAFKA_SASL_USERNAME is set, but KAFKA_SASL_PASSWORD is not.')
  }
  return conflicts
}
