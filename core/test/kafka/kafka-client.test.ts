import t from 'tap'
import { createKafka } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'

t.test('kafkajs logs to our logger, and the list of brokers may contain spaces', async (t) => {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('gateway', 'debug', { write: (line) => lines.push(JSON.parse(line)) })
  const kafka = createKafka({ brokers: '127.0.0.1:1, 127.0.0.1:2', clientId: 'test', logger })
  const admin = kafka.admin({ retry: { retries: 1, initialRetryTime: 1 } })
  await t.rejects(admin.connect(), { message: /ECONNREFUSED/ })
  t.ok(lines.length > 0)
  for (const line of lines) t.match(line, { operation: 'kafka', service: 'gateway', level: 'debug' })
  const tried = new Set(lines.map(({ broker }) => broker).filter(Boolean))
  t.strictSame([...tried].sort(), ['127.0.0.1:1', '127.0.0.1:2'])
})
