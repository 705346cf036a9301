import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findTool } from '../../services/find-tool.ts'
import { runTool } from '../../services/run-tool.ts'
import { servicesLayout } from '../../services/services-layout.ts'

const program = join(import.meta.dirname, 'SetKafkaPassword.java')

/** Sets a user's password on the Kafka of `npm run services`. Creates the user if necessary. Needs a JDK. */
export async function setKafkaPassword(brokers: string, user: string, password: string): Promise<void> {
  const { downloads, logs } = servicesLayout()
  const [client] = await Array.fromAsync(glob(join(downloads, 'kafka-*', 'kafka-clients-*.jar')))
  if (!client) throw new Error('no Kafka jars in the downloads: run "npm run services -- up" first')
  await runTool(findTool('java'), ['-cp', join(dirname(client), '*'), program, brokers, user, password], {
    task: 'Setting a password on Kafka',
    log: join(logs, 'set-kafka-password.log'),
    timeoutMs: 60_000,
  })
}
