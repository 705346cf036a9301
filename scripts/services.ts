/** `npm run services -- up | down | status`: the real parts, as ordinary processes of this machine. */
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
           what already runs and answers is left alone. With names: only those
  down     ends what \`up\` started, and forgets its data, ports and passwords; downloads and logs stay.
           With names: ends only those, and keeps everything, so that \`up\` brings them back
  status   what runs, where, and whether it answers; exit code 1 when something does not

  --port           a fixed port instead of a free one: kafka-1, kafka-1-plaintext, kafka-1-controller (and -2, -3),
                   dynamodb, s3, s3-events, redis
  --s3-event-url   where versitygw posts S3 events; by default http://127.0.0.1:‹a free port›/s3-events`

/** Keys, passwords, data and logs: whatever this and the services write is its owner's alone. */
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
