import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { formatEnv, readServicesEnvironment, writeEnvFile } from '../../services/env-file.ts'

const environment = {
  KAFKA_BROKERS: '127.0.0.1:20001,127.0.0.1:20002',
  REDIS_URL: 'redis://:a-b_C9@127.0.0.1:20003',
  KAFKA_CA_FILE: '/some/where/ca.pem',
  EMPTY: '',
}

t.test('settings are read back, and only the owner can read the file', async (t) => {
  const envFile = join(t.testdir(), 'env')
  await writeEnvFile(envFile, { OLD: 'gone' })
  await writeEnvFile(envFile, environment)
  t.strictSame(await readServicesEnvironment({ envFile }), environment)
  t.equal((await stat(envFile)).mode & 0o777, 0o600)
  t.equal(await readFile(envFile, 'utf8'), formatEnv(environment))
})

t.test('each setting is one line with an unquoted value', async (t) => {
  t.equal(formatEnv({ A: '1', B: 'x=y' }), 'A=1\nB=x=y\n')
})

for (const value of ['two words', 'a\nB=2', '"quoted"', '$HOME', '#']) {
  t.test(
    `a value that readers would interpret differently is refused: ${JSON.stringify(value)}`,
    async (t) => {
      t.throws(() => formatEnv({ A: value }), /cannot be written to an env file/)
    },
  )
}

t.test('without a file, the error says how to create it', async (t) => {
  const reading = readServicesEnvironment({ envFile: join(t.testdir(), 'env') })
  await t.rejects(reading, { message: /npm run services -- up/ })
})
