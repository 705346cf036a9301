import { type Static, Type } from 'typebox'

const broker = '\\s*[^\\s,:]+:\\d+\\s*'
const brokersPattern = `^${broker}(,${broker})*$`

/** How a process reaches Kafka. Credentials or an authority imply TLS: SCRAM is never spoken over an open line. */
export const kafkaSettings = {
  /** `host:port`, separated by commas. */
  KAFKA_BROKERS: Type.String({ pattern: brokersPattern }),
  /** Put in front of every topic's name, for clusters that are shared. */
  KAFKA_TOPIC_PREFIX: Type.String({ default: '' }),
  KAFKA_TLS: Type.Boolean({ default: false }),
  /** PEM file of the authorities that sign the brokers' certificates. Empty: those that Node trusts. */
  KAFKA_CA_FILE: Type.String({ default: '' }),
  /** Instead of the file: name or ARN of a secret in AWS Secrets Manager, `{"certificate"}`. */
  KAFKA_CA_SECRET_ID: Type.String({ default: '' }),
  /** For SASL with SCRAM-SHA-512, when the secret below is not used. */
  KAFKA_SASL_USERNAME: Type.String({ default: '' }),
  KAFKA_SASL_PASSWORD: Type.String({ default: '' }),
  /** Name or ARN of a secret in AWS Secrets Manager: `{"username","password"}`. */
  KAFKA_SASL_SECRET_ID: Type.String({ default: '' }),
}

const schema = Type.Object(kafkaSettings)
export type KafkaSettings = Omit<Static<typeof schema>, 'KAFKA_TOPIC_PREFIX'>
