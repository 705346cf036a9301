import t from 'tap'
import { adviseOnKafka } from '../../kafka/watch-kafka.ts'

// The messages are those of kafkajs 2.2, OpenSSL and core/kafka/kafka-credentials.ts.
for (const [message, setting] of [
  ['SASL SCRAM SHA512 authentication failed: Authentication failed', /KAFKA_SASL_PASSWORD/],
  ['The Kafka credentials in the secret kafka cannot be read: no such secret', /KAFKA_SASL_SECRET_ID/],
  ['Connection error: self-signed certificate in certificate chain', /KAFKA_CA_FILE/],
  ['Connection error: unable to verify the first certificate', /KAFKA_CA_FILE/],
  ["Hostname/IP does not match certificate's altnames: Host: kafka.", /KAFKA_BROKERS/],
  ['Connection error: read ECONNRESET', /KAFKA_TLS/],
  ['Closed connection', /KAFKA_TLS/],
  ['Connection error: write EPROTO: wrong version number', /KAFKA_TLS/],
  ['Connection error: connect ECONNREFUSED 10.0.0.1:9092', /KAFKA_BROKERS/],
  ['Connection timeout', /KAFKA_BROKERS/],
  ['Not authorized to access topics: [Topic authorization failed]', /npm run topics -- --env/],
] as const) {
  t.test(`"${message}" points to ${setting.source}`, async (t) => {
    t.match(adviseOnKafka(new Error(message)), setting)
  })
}
