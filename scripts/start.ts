/** `npm start`: runs the whole system on this machine in the foreground until Ctrl-C. */
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { buildWebApp, writeWebApp } from './build/build-web.ts'
import { localDataDirectory, readStartConfig } from './config.ts'
import { startStandIns } from './local/start-stand-ins.ts'
import { type LocalSystem, startSystem } from './local/start-system.ts'
import { useServices } from './local/use-services.ts'
import { runCommand } from './run-command.ts'
import { assertUnlocked } from './services/process/lock-directory.ts'

const dataDirectory = relative('', localDataDirectory())
const stopDelayMs = 4_500

const usage = `Usage: npm start [-- --services] [--fresh]

  --services   use the Kafka, DynamoDB Local and versitygw of "npm run services -- up" instead of the stand-ins
  --fresh      delete ${dataDirectory}/ first; data in the services is kept until "npm run services -- down"
  PORT         environment variable: port of the gateway (default: 3000; 0 picks a free port)
  HASHGATE_DATA  environment variable: directory of the data (default: .data)`

const options = {
  services: { type: 'boolean' },
  fresh: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { PORT } = readStartConfig()
  await assertFree(PORT)
  if (values.fresh) await empty(dataDirectory)

  const parts = values.services ? '' : 'the local stores, Kafka, '
  console.log(`Starting ${parts}the gateway and the processor …`)
  await writeWebApp(await buildWebApp(), join(import.meta.dirname, '../dist/web'))
  const system = await startSystem({
    dataDirectory,
    port: PORT,
    startBacking: values.services ? useServices() : startStandIns,
    onRestart: (name) =>
      console.error(`The ${name} exited unexpectedly and is being restarted; see its log.`),
  })
  closeWithGrace({ delay: stopDelayMs, logger: false }, async ({ err }) => {
    if (err) console.error(err)
    console.log('\nStopping …')
    await system.close()
  })
  console.log(describeSystem(system))
  console.log(`hashgate ready ${system.gatewayUrl}`)
  return 0
}

async function assertFree(port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${code})`
      reject(new Error(`Port ${port} ${reason}: choose another with PORT=… or PORT=0.`))
    })
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}

async function empty(directory: string): Promise<void> {
  await assertUnlocked(directory)
  await rm(directory, { recursive: true, force: true })
}

function describeSystem({ gatewayUrl, metricsUrl, key }: LocalSystem): string {
  return `
  Page         ${gatewayUrl}/#key=${key}
  API          ${gatewayUrl}/v1
  Swagger UI   ${gatewayUrl}/docs
  Health       ${gatewayUrl}/readyz
  Metrics      ${metricsUrl}
  Key          ${key}
  Data         ${dataDirectory}/ (logs in ${dataDirectory}/logs; "npm start -- --fresh" starts empty)

  Try it:      npm run upload -- processor/test/photos
  Stop:        Ctrl-C
`
}
