import t from 'tap'
import { brokerProperties } from '../../../services/kafka/broker-properties.ts'
import { servicesLayout } from '../../../services/services-layout.ts'
import { readOrCreateState } from '../../../services/services-state.ts'

t.test('a broker listens on its own ports and requires two in-sync replicas', async (t) => {
  const state = await readOrCreateState(servicesLayout(t.testdir()), {})
  const { ports } = state
  const lines = brokerProperties(servicesLayout('/some/where'), state, 2).split('\n')
  const expected = [
    'node.id=2',
    `listeners=SASL_SSL://127.0.0.1:${ports['kafka-2']},PLAINTEXT://127.0.0.1:${ports['kafka-2-plaintext']},CONTROLLER://127.0.0.1:${ports['kafka-2-controller']}`,
    'log.dirs=/some/where/current/data/kafka-2',
    'min.insync.replicas=2',
    'default.replication.factor=3',
    'num.partitions=4',
    'log.retention.hours=168',
  ]
  for (const line of expected) t.ok(lines.includes(line), line)
  t.notMatch(lines.join('\n'), state.kafka.password, 'the password is in no settings file')
})
