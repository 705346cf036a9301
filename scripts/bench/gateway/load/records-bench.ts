import { startLocalKafka } from '../../../local/start-local-kafka.ts'
import { medianOf, medianRatio } from '../../median.ts'
import { printTable } from '../../print-table.ts'
import { startProgram } from '../../start-program.ts'
import { compare, cpu, programAt, rate } from '../compare-servers.ts'

const counts = [1_000, 100_000]

/** Compares the cost of a request with 10⁵ records in the table and with 10³. */
export async function benchGatewayRecords(): Promise<void> {
  const kafka = await startLocalKafka()
  const tables: { count: number; dynamoDb: Awaited<ReturnType<typeof startProgram<string>>> }[] = []
  try {
    for (const count of counts) {
      const dynamoDb = await startProgram<string>(programAt('load/filled-dynamodb.ts'), {
        RECORDS: String(count),
      })
      tables.push({ count, dynamoDb })
    }
    const samples = await compare(
      tables.map(({ count, dynamoDb }) => ({
        title: `${count} records`,
        program: programAt('loopback-server.ts'),
        environment: { DYNAMODB_ENDPOINT: dynamoDb.ready, KAFKA_BROKERS: kafka.brokers },
      })),
    )
    const [base = []] = Object.values(samples)
    printTable({
      title: `Gateway: POST /v1/uploads over dynalite, by the size of the table; medians of ${base.length} rounds`,
      head: ['table', 'requests/s', 'CPU µs/request', `÷ ${counts[0]} records`],
      rows: Object.entries(samples).map(([title, taken]) => [
        title,
        medianOf(taken, rate).toFixed(0),
        medianOf(taken, cpu).toFixed(1),
        medianRatio(taken, base, cpu).toFixed(2),
      ]),
      notes: [
        "CPU is the gateway's. dynalite limits the requests/s; DynamoDB itself may behave differently.",
      ],
    })
  } finally {
    await Promise.all([...tables.map(({ dynamoDb }) => dynamoDb.stop()), kafka.close()])
  }
}
