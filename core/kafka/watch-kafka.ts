import type { WatchedDependency } from '../telemetry/watch-dependencies.ts'

export function watchKafka(cluster: { ping: () => Promise<unknown> }): WatchedDependency {
  return { title: 'Kafka', ping: () => cluster.ping(), advise: adviseOnKafka }
}

/** Names the settings to check after an error, by the messages of kafkajs and OpenSSL. */
export function adviseOnKafka({ name, message }: Error): string {
  const text = `${name} ${message}`
  if (/SASL|credentials|secret/i.test(text))
    return 'Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, or KAFKA_SASL_SECRET_ID.'
  if (/authorization|not authorized/i.test(text))
    return 'Check the access rules of this login: "npm run topics -- --env ENV" creates them.'
  if (/altname/i.test(text))
    return "Use the names in the brokers' certificates in KAFKA_BROKERS and in the brokers' advertised listeners."
  if (/certificate/i.test(text))
    return "Check that KAFKA_CA_FILE or KAFKA_CA_SECRET_ID holds the CA of the brokers' certificates."
  if (/SSL|TLS|wrong version number|packet length|ECONNRESET|closed/i.test(text))
    return 'Check KAFKA_BROKERS and KAFKA_TLS: one side may speak TLS and the other plain text.'
  return 'Check KAFKA_BROKERS and the network.'
}
