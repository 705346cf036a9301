import { rootCertificates } from 'node:tls'
import t from 'tap'
import { flattenCertificates } from '../../deploy/flatten-certificates.ts'

const [one = '', other = ''] = rootCertificates

t.test('certificates become one line without the text around them', async (t) => {
  const line = `${one}\n${other}`.replaceAll('\n', '\\n')
  t.equal(flattenCertificates(`${one}\n${other}`), line)
  t.equal(flattenCertificates(`# ours\nsubject=CN=a\n${one}\n\n${other}\n`), line)
  t.equal(flattenCertificates(`${one}\r\n${other}\r\n`.replaceAll(/\r?\n/g, '\r\n')), line)
  t.equal(flattenCertificates(line), line)
})

t.test('an invalid certificate is an error', async (t) => {
  t.throws(() => flattenCertificates('kafka-ca.pem'), {
    message: 'CaCertificate does not contain a PEM certificate.',
  })
  const damaged = '-----BEGIN CERTIFICATE-----\nYour own\n-----END CERTIFICATE-----'
  t.throws(() => flattenCertificates(damaged), {
    message: /^CaCertificate contains an invalid certificate/,
  })
})
