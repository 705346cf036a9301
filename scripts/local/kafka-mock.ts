/**
 * librdkafka's mock cluster: one broker that speaks the real Kafka protocol over TCP and keeps everything in memory.
 * A stand-in for development: no topic administration, no idempotent producer, no data after a restart.
 * It prints its address on stdout, among librdkafka's JSON log lines.
 */
import { KafkaClient } from 'kafka-crab-js'

const client = new KafkaClient({
  brokers: 'replaced-by-the-mock:9092',
  clientId: 'mock',
  logLevel: 'info',
  configuration: { 'test.mock.num.brokers': '1' },
})
const keepsTheClusterAlive = client.createProducer({})

// Ctrl-C reaches all processes of a terminal at once; the clients of this cluster must be able to disconnect first.
process.on('SIGINT', () => {})
process.once('SIGTERM', () => process.exit(keepsTheClusterAlive ? 0 : 1))
setInterval(() => {}, 1 << 30)
