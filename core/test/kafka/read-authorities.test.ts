import { rootCertificates } from 'node:tls'
import t from 'tap'
import { readAuthorities } from '../../kafka/read-authorities.ts'
import { startSecretsManagerDouble } from './start-secrets-manager-double.ts'

const none = { KAFKA_CA_FILE: '', KAFKA_CA_SECRET_ID: '' }
const fromSecret = { ...none, KAFKA_CA_SECRET_ID: 'kafka/ca' }

t.test('without either setting there are no certificates', async (t) => {
  const { client } = await startSecretsManagerDouble(t)
  t.equal(await readAuthorities(none, () => client), undefined)
})

t.test('the certificate is read from a secret', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  const [certificate] = rootCertificates
  state.secret = JSON.stringify({ certificate })
  t.equal(await readAuthorities(fromSecret, () => client), certificate)
})

t.test('the error for a secret without a certificate names the setting', async (t) => {
  const { client, state } = await startSecretsManagerDouble(t)
  for (const secret of [undefined, '', 'hello', '{}', 'null', '{"certificate":"hello"}']) {
    state.secret = secret
    const message = /^KAFKA_CA_SECRET_ID cannot be used/
    await t.rejects(
      readAuthorities(fromSecret, () => client),
      { name: 'ConfigError', message },
      String(secret),
    )
  }
})
