/** `npm run services -- up | down | status`: runs Kafka, DynamoDB Local, versitygw and Redis as processes of this machine. */
import { parseArgs } from 'node:util'
import { runCommand } from './run-command.ts'
import { readPorts } from './services/choose-ports.ts'
import { downServices } from './services/down-services.ts'
import { servicesLayout } from './services/services-layout.ts'
import { showStatus } from './services/show-status.ts'
import { upServices } from './services/up-services.ts'

const usage = `Usage: npm run services -- up [name…] [--port name=number…] [--s3-event-url url]
       npm run services -- down [name…]
       npm run services -- status

  up       starts Kafka (three brokers), DynamoDB Local, versitygw and Redis, and writes .cache/services/env;
           healthy services keep running. With names: starts only those
  down     stops all services and deletes their data, ports and passwords; downloads and logs stay.
           With names: stops only those and keeps their data for the next \`up\`
  status   lists the services; the exit code is 1 unless all are ready

  --port           uses this port instead of a free one: kafka-1, kafka-1-plaintext, kafka-1-controller (and -2, -3),
                   dynamodb, s3, s3-events, redis
  --s3-event-url   webhook for S3 events of versitygw (default: http://127.0.0.1:‹a free port›/s3-events)`

/** Files written here contain keys, passwords and data: only their owner may read them. */
process.umask(0o077)

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', multiple: true, default: [] },
      's3-event-url': { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const [command, ...names] = positionals
  const layout = servicesLayout()
  if (values.help) console.log(usage)
  else if (command === 'up') {
    await upServices(layout, { names, ports: readPorts(values.port), s3EventUrl: values['s3-event-url'] })
  } else if (command === 'down') await downServices(layout, names)
  else if (command === 'status') return (await showStatus(layout)) ? 0 : 1
  else throw new Error(usage)
  return 0
}
