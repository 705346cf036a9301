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

t.test('an unreachable or missing broker is reported in one line', async (t) => {
  const unreachable = await runReplay([], { KAFKA_BROKERS: '127.0.0.1:1' })
  t.match(unreachable, { code: 1, stdout: '', stderr: /^[^\n]+\n$/ })
  const unnamed = await runReplay([], { KAFKA_BROKERS: '' })
  t.match(unnamed, { code: 1, stdout: '', stderr: /KAFKA_BROKERS/ })
})
