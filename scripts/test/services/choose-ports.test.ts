import t from 'tap'
import { choosePorts, portNames, readPorts } from '../../services/choose-ports.ts'
import { holdFreePort, portOf, release } from '../../services/find-free-ports.ts'

t.test('--port name=number', async (t) => {
  t.strictSame(readPorts([]), {})
  t.strictSame(readPorts(['s3=9000', 'kafka-1-plaintext=9092']), { s3: 9000, 'kafka-1-plaintext': 9092 })
})

for (const text of ['s3', 's3=', 's3=x', 's3=0', 's3=65536', '9000', 'kafka-4=9000', 'toString=9000']) {
  t.test(`--port ${text} is refused`, async (t) => {
    t.throws(() => readPorts([text]), { message: `--port ${text}: expected name=number` })
  })
}

t.test('every name gets a different port, below those of outgoing connections', async (t) => {
  const ports = await choosePorts()
  t.strictSame(Object.keys(ports), [...portNames])
  t.equal(new Set(Object.values(ports)).size, portNames.length)
  t.ok(Object.values(ports).every((port) => port >= 20_000 && port < 32_000))
})

t.test('a given port is used, and named in the error when it is in use', async (t) => {
  const server = await holdFreePort('redis')
  const port = portOf(server)
  await t.rejects(choosePorts({ redis: port }), {
    message: `Port ${port} for redis is not available: EADDRINUSE.`,
  })
  await release(server)
  t.match(await choosePorts({ redis: port }), { redis: port })
})
