import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { startSecretsManagerDouble } from '../../../core/test/kafka/start-secrets-manager-double.ts'
import { readCdnKey } from '../../uploads/read-cdn-key.ts'

const pemOf = (key: { export: (options: { type: 'pkcs8'; format: 'pem' }) => string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = (modulusLength: number) => pemOf(generateKeyPairSync('rsa', { modulusLength }).privateKey)
const keyPairId = 'K2JCJMDEHXQW5F'
const withKey = (privateKey: unknown) => JSON.stringify({ keyPairId, privateKey })

t.test('the id and the private key are read from the secret', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = withKey(rsa(2_048))
  t.match(await readCdnKey(client, 'cdn'), {
    keyPairId,
    privateKey: { type: 'private', asymmetricKeyType: 'rsa' },
  })
})

t.test('a secret that is not an RSA key is refused, and the error does not quote it', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  const notJson = /^CDN_KEY_SECRET_ID: the secret must be JSON such as \{"keyPairId": "K2JCJMDEHXQW5F", /
  const notPem =
    /^CDN_KEY_SECRET_ID: "privateKey" is not a private key in PEM\. Create one with "openssl genrsa 2048"\.$/
  const notRsa = /^CDN_KEY_SECRET_ID: the private key must be an RSA key of 2,048 bits\.$/
  const withPassphrase = /^CDN_KEY_SECRET_ID: the private key has a passphrase\. Store it without one\.$/
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'hunter2' }
  const cases: [string, RegExp][] = [
    ['', notJson],
    ['the random text of a new secret', notJson],
    [rsa(2_048), notJson],
    ['null', notJson],
    [withKey(undefined), notJson],
    [JSON.stringify({ privateKey: rsa(2_048) }), notJson],
    [JSON.stringify({ keyPairId: `${keyPairId}\n`, privateKey: rsa(2_048) }), notJson],
    [withKey(publicKey.export({ type: 'spki', format: 'pem' })), notPem],
    [withKey(privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })), withPassphrase],
    [withKey(privateKey.export({ type: 'pkcs1', format: 'pem', ...cipher })), withPassphrase],
    [withKey(rsa(1_024)), notRsa],
    [withKey(pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)), notRsa],
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
