import t from 'tap'
import type { KafkaSettings } from '../../config/kafka-settings.ts'
import { connectKafka } from '../../kafka/connect-kafka.ts'
import { createLogger } from '../../telemetry/logger.ts'

const settings: KafkaSettings = {
  KAFKA_BROKERS: '127.0.0.1:1',
  KAFKA_TLS: false,
  KAFKA_CA_FILE: '',
  KAFKA_CA_SECRET_ID: '',
  KAFKA_SASL_USERNAME: '',
  KAFKA_SASL_PASSWORD: '',
  KAFKA_SASL_SECRET_ID: '',
}
const connect = (changed: Partial<KafkaSettings>) =>
  connectKafka(
    { AWS_REGION: 'us-east-1', SECRETS_MANAGER_ENDPOINT: '', ...settings, ...changed },
    {
      clientId: 'test',
      logger: createLogger('test', 'silent'),
    },
  )

t.test('conflicting settings are named', async (t) => {
  const user = { KAFKA_SASL_USERNAME: 'a' }
  const password = { KAFKA_SASL_PASSWORD: 'b' }
  await t.rejects(connect(user), /KAFKA_SASL_PASSWORD is not/)
  await t.rejects(connect(password), /KAFKA_SASL_USERNAME is not/)
  await t.rejects(connect({ ...user, ...password, KAFKA_SASL_SECRET_ID: 'c' }), /not both/)
  await t.rejects(connect({ KAFKA_CA_FILE: 'a', KAFKA_CA_SECRET_ID: 'b' }), /not both/)
  await t.rejects(connect({ KAFKA_CA_FILE: '/nowhere/ca.pem' }), /KAFKA_CA_FILE cannot be used: .*ca\.pem/)
})

t.test('a file without a certificate is rejected', async (t) => {
  const file = `${t.testdir({ 'ca.pem': 'hello' })}/ca.pem`
  await t.rejects(connect({ KAFKA_CA_FILE: file }), { name: 'ConfigError', message: /^KAFKA_CA_FILE cannot/ })
})

t.test('valid combinations of settings are accepted', async (t) => {
  await t.resolves(connect({}))
  await t.resolves(connect({ KAFKA_TLS: true }))
  await t.resolves(connect({ KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' }))
  await t.resolves(connect({ KAFKA_SASL_SECRET_ID: 'c' }))
})
