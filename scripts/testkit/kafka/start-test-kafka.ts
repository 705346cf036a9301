import type { Test } from 'tap'
import { startLocalKafka } from '../../local/start-local-kafka.ts'

/** Starts an embedded Kafka that ends with the test. @returns its brokers, as `host:port` */
export async function startTestKafka(t: Pick<Test, 'teardown'>): Promise<string> {
  const { brokers, close } = await startLocalKafka()
  t.teardown(close)
  return brokers
}
