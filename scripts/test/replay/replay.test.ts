import t from 'tap'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { startLocalKafka } from '../../local/start-local-kafka.ts'
import { testReplay } from './replay-contract.ts'
import { runReplay } from './run-replay.ts'

const { brokers, close } = await startLocalKafka()
t.teardown(close)

await testReplay(t, {
  kafka: createKafka({ brokers, clientId: 'hashgate-test', logger: createLogger('test', 'silent') }),
  environment: { KAFKA_BROKERS: brokers },
})

t.test('a Kafka that is away, or that nobody has named, is one line', async (t) => {
  const away = await runReplay([], { KAFKA_BROKERS: '127.0.0.1:1' })
  t.match(away, { code: 1, stdout: '', stderr: /^[^\n]+\n$/ })
  const unnamed = await runReplay([], { KAFKA_BROKERS: '' })
  t.match(unnamed, { code: 1, stdout: '', stderr: /KAFKA_BROKERS/ })
})
