import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { startSecretsManagerDouble } from '../../../core/test/kafka/start-secrets-manager-double.ts'
import { readCdnKey } from '../../uploads/read-cdn-key.ts'

const pemOf = (key: { export: (options: { type: 'pkcs8'; format: 'pem' }) => string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = (modulusLength: number) => pemOf(generateKeyPairSync('rsa', { modulusLength }).privateKey)

t.test('the private key is read from the secret', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = rsa(2_048)
  t.match(await readCdnKey(client, 'cdn'), { type: 'private', asymmetricKeyType: 'rsa' })
})

t.test('a secret that is no such key is refused without being quoted', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  const notPem =
    /^CDN_KEY_SECRET_ID: the secret is not a private key in PEM\. Create one with "openssl genrsa 2048"\.$/
  const notRsa = /^CDN_KEY_SECRET_ID: the private key must be an RSA key of 2,048 bits\.$/
  const withPassphrase = /^CDN_KEY_SECRET_ID: the private key has a passphrase\. Store it without one\.$/
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'hunter2' }
  const cases: [string, RegExp][] = [
    [
      '',
      /^CDN_KEY_SECRET_ID: the secret cdn contains no text\. Store the private key with "--secret-string file/,
    ],
    ['the random text of a new secret', notPem],
    [publicKey.export({ type: 'spki', format: 'pem' }).toString(), notPem],
    [privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString(), withPassphrase],
    [privateKey.export({ type: 'pkcs1', format: 'pem', ...cipher }).toString(), withPassphrase],
    [rsa(1_024), notRsa],
    [pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), notRsa],
  ]
  for (const [secret, message] of cases) {
    state.secret = secret
    await t.rejects(readCdnKey(client, 'cdn'), { name: 'ConfigError', message })
  }
})

t.test('a secret that is missing or does not answer is an error that names it', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = undefined
  await t.rejects(readCdnKey(client, 'cdn'), {
    name: 'ConfigError',
    message:
      /^CDN_KEY_SECRET_ID: the secret cdn cannot be read: ResourceNotFoundException: .*\. Check its name and region/,
  })
  state.hangs = true
  await t.rejects(readCdnKey(client, 'cdn'), {
    name: 'ConfigError',
    message: /the secret cdn cannot be read: Timeout/,
  })
})
