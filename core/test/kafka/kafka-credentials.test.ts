import t from 'tap'
import { secretCredentials } from '../../kafka/kafka-credentials.ts'
import { startSecretsManagerDouble } from './start-secrets-manager-double.ts'

const login = { username: 'gateway', password: 'first' }

t.test('the secret is read once, until the brokers refuse it', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = JSON.stringify(login)
  let nowMs = 0
  const credentials = secretCredentials(client, 'kafka', () => nowMs)
  const reads = await Promise.all([credentials.read(), credentials.read(), credentials.read()])
  for (const read of reads) t.strictSame(read, login)
  t.equal(state.requestCount, 1)

  const rotated = { ...login, password: 'second' }
  state.secret = JSON.stringify(rotated)
  t.strictSame(await credentials.read(), login, 'it was not refused yet')
  nowMs += 2_000
  credentials.refuse(reads[0])
  t.strictSame(await credentials.read(), rotated)
  credentials.refuse(reads[0])
  nowMs += 2_000
  credentials.refuse(reads[0])
  t.strictSame(await credentials.read(), rotated, 'refusing the old login does not affect the new one')
  t.equal(state.requestCount, 2)
})

t.test('when the secret cannot be read again, the cached login is used', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = JSON.stringify(login)
  let nowMs = 0
  const credentials = secretCredentials(client, 'kafka', () => nowMs)
  nowMs += 2_000
  const known = await credentials.read()
  nowMs += 2_000
  credentials.refuse(known)
  state.secret = undefined
  t.strictSame(await credentials.read(), login)
  state.secret = JSON.stringify({ ...login, password: 'second' })
  t.match(await credentials.read(), { password: 'second' })
})

t.test('the secret is not read at every attempt with a wrong login', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = JSON.stringify(login)
  const credentials = secretCredentials(client, 'kafka', () => 0)
  for (let attempt = 0; attempt < 20; attempt++) credentials.refuse(await credentials.read())
  t.equal(state.requestCount, 1)
})

t.test('the error for a missing or invalid secret contains its name but not its value', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  const credentials = secretCredentials(client, 'prod/kafka')
  state.secret = undefined
  await t.rejects(credentials.read(), {
    message: /secret prod\/kafka cannot be read: no such secret/,
  })
  for (const wrong of ['swordfish', '{"username":"swordfish"}', '{"username":"a","password":""}', '[]', '']) {
    state.secret = wrong
    const error = await credentials.read().then(
      () => new Error('read'),
      (reason: Error) => reason,
    )
    t.match(error.message, /^The secret prod\/kafka is not \{"username"/)
    t.notMatch(JSON.stringify([error.message, error.stack, error.cause]), /swordfish/)
  }
  state.secret = JSON.stringify(login)
  t.strictSame(await credentials.read(), login, 'a corrected secret needs no restart')
})

t.test('a Secrets Manager that hangs causes a timeout', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.hangs = true
  await t.rejects(secretCredentials(client, 'kafka').read(), {
    message: /secret kafka cannot be read/,
  })
  t.equal(state.requestCount, 2, 'after two attempts')
})
