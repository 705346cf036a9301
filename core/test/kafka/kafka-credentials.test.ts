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
  t.equal(state.asked, 1)

  const rotated = { ...login, password: 'second' }
  state.secret = JSON.stringify(rotated)
  t.strictSame(await credentials.read(), login, 'nobody has refused it yet')
  nowMs += 2_000
  credentials.refuse(reads[0])
  t.strictSame(await credentials.read(), rotated)
  credentials.refuse(reads[0])
  nowMs += 2_000
  credentials.refuse(reads[0])
  t.strictSame(await credentials.read(), rotated, 'an old refusal says nothing about a new password')
  t.equal(state.asked, 2)
})

t.test('a secret that is away when it is read again: the known login is tried once more', async (t) => {
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

t.test('a login that stays wrong is not asked for at every attempt', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = JSON.stringify(login)
  const credentials = secretCredentials(client, 'kafka', () => 0)
  for (let attempt = 0; attempt < 20; attempt++) credentials.refuse(await credentials.read())
  t.equal(state.asked, 1)
})

t.test('a secret that is missing, or no login, is named without being shown', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  const credentials = secretCredentials(client, 'prod/kafka')
  state.secret = undefined
  await t.rejects(credentials.read(), {
    message: /cannot be read from the secret prod\/kafka: no such secret/,
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
  t.strictSame(await credentials.read(), login, 'a mistake that was mended needs no restart')
})

t.test('a Secrets Manager that never answers is given up', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.isSilent = true
  await t.rejects(secretCredentials(client, 'kafka').read(), {
    message: /cannot be read from the secret kafka/,
  })
  t.equal(state.asked, 2, 'after it was asked twice')
})
