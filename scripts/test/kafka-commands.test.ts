import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

/** Every command that connects to Kafka directly. */
for (const command of ['topics', 'replay']) {
  t.test(`npm run ${command} names the setting to check when no broker listens`, async (t) => {
    t.match(await run(command, { KAFKA_BROKERS: '127.0.0.1:1' }), {
      code: 1,
      stdout: '',
      stderr: /^Kafka is unavailable: .*ECONNREFUSED.*\. Check KAFKA_BROKERS and the network\.$/m,
    })
  })

  t.test(`npm run ${command} reports a possible mismatch of TLS and plain text`, async (t) => {
    const brokers = await listen(
      t,
      createServer((socket) => socket.end()),
    )
    t.match(await run(command, { KAFKA_BROKERS: brokers, KAFKA_TLS: 'true' }), {
      code: 1,
      stderr: /Check KAFKA_BROKERS and KAFKA_TLS/,
    })
  })
}

async function listen(t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function run(command: string, environment: Record<string, string>) {
  const program = fileURLToPath(new URL(`../${command}.ts`, import.meta.url))
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
    const env = { PATH: process.env.PATH, ...environment }
    const child = execFile(process.execPath, [program], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    )
  })
}
