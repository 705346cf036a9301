import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Test } from 'tap'
import { dynamoDbClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { spawnChild, stopChild } from '../../local/spawn-child.ts'
import { startLocalDynamoDb } from '../../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../../local/start-local-kafka.ts'
import { pollUntil } from '../poll-until.ts'

interface LogLine {
  pid?: number
  level: string
  operation?: string
  msg: string
}

const program = new URL('../../../gateway/server.ts', import.meta.url)

/** Starts a gateway process without authentication on the embedded DynamoDB and Kafka. */
export async function startGatewayProcess(t: Test, settings: Record<string, string>) {
  const [dynamoDb, kafka] = await Promise.all([startLocalDynamoDb(), startLocalKafka()])
  t.teardown(() => Promise.all([dynamoDb.close(), kafka.close()]))
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    RAW_BUCKET: 'raw',
    PROCESSED_BUCKET: 'processed',
    CATALOG_TABLE: 'images',
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    KAFKA_BROKERS: kafka.brokers,
    AUTH: 'none',
    PORT: '0',
    ADMIN_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '1000000',
    // Tests share the CPU, so load shedding is off. It has its own test.
    MAX_EVENT_LOOP_DELAY_MS: '60000',
    EVENT_BUDGET_MS: '30000',
    ...settings,
  }
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test-secret' }
  const client = new DynamoDBClient({
    ...dynamoDbClientOptions({ ...environment, S3_ENDPOINT: '' }),
    credentials,
  })
  await createCatalogTable(client, environment.CATALOG_TABLE)
  client.destroy()

  const child = spawnChild(program, { environment })
  t.teardown(() => stopChild(child, 60_000))
  const lines: LogLine[] = []
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)))
  // Unlike the exit, this comes after the last log line.
  const ended = once(child, 'close')
  const ready = once(child, 'message') as Promise<[{ url: string; adminUrl: string }]>
  const first = await Promise.race([ready, ended.then(() => undefined)])
  if (!first) throw new Error(`the gateway ended: ${JSON.stringify(lines)}`)
  const [{ url, adminUrl }] = first

  /** The sum of all values of a metric. @param prefix its name, optionally with the first labels */
  async function metric(prefix: string): Promise<number> {
    const text = await (await fetch(`${adminUrl}/metrics`, { headers: { connection: 'close' } })).text()
    const values = text.split('\n').filter((line) => line.startsWith(prefix))
    return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  return {
    url,
    lines,
    metric,
    /** Process ids of all workers so far, in the order in which they became ready. */
    workerPids: () =>
      lines.flatMap(({ pid, msg }) => (pid && msg.startsWith('Server listening') ? [pid] : [])),
    signal: (name: NodeJS.Signals) => child.kill(name),
    exitCode: async () => (await ended)[0] as number | null,
    untilLogged: (text: string, times = 1) =>
      pollUntil(() => lines.filter(({ msg }) => msg.includes(text)).length >= times),
  }
}
