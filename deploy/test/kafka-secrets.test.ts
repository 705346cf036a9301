import { rootCertificates } from 'node:tls'
import t from 'tap'
import { readStacks as readDeployed } from '../../scripts/deploy/read-stacks.ts'
import { resolveParameters } from '../../scripts/deploy/resolve-parameters.ts'
import { modelDeployment } from '../model/model-deployment.ts'
import { modelResource } from '../model/model-resource.ts'
import { readParameters } from '../read-template.ts'

const pem = rootCertificates.slice(0, 2).join('\n')

/** The value that the deploy command passes for a certificate from the parsed parameter file. */
async function passCertificate(CaCertificate: string) {
  const stack = (await readDeployed(new URL('../', import.meta.url), 'prod')).find(
    ({ name }) => name === 'kafka',
  )
  if (!stack) throw new Error('no stack')
  const { kafka } = readParameters('prod')
  const values = resolveParameters({ ...stack, given: { ...kafka, CaCertificate } }, 'prod', { Env: 'prod' })
  const pattern = new RegExp(stack.template.Parameters.CaCertificate?.AllowedPattern ?? 'none')
  return { certificate: values.CaCertificate ?? '', pattern }
}

t.test('the secret of the certificate authorities is valid JSON with unchanged certificates', async (t) => {
  const { certificate, pattern } = await passCertificate(`${pem}\n`)
  t.match(certificate, pattern)
  t.ok(certificate.length <= 4_096, 'the value is within the limit of CloudFormation')
  const { kafka, ...others } = readParameters('prod')
  const model = modelDeployment('prod', { ...others, kafka: { ...kafka, CaCertificate: certificate } })
  const { SecretString } = modelResource<{ SecretString: string }>(model, 'kafka', 'CaSecret')
  t.strictSame(JSON.parse(SecretString), { certificate: pem })
})

t.test('the template rejects values that would break the JSON', async (t) => {
  const { certificate, pattern } = await passCertificate(pem)
  for (const wrong of [
    pem,
    `${certificate}"`,
    `"${certificate}`,
    certificate.replace('\\n', '\\x'),
    'kafka-ca.pem',
  ])
    t.notMatch(wrong, pattern)
  t.match('', pattern, 'the value may be empty: the reference cluster has its own authorities')
})
