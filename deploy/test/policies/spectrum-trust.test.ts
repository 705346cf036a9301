import { runSimulation } from '@cloud-copilot/iam-simulate'
import t from 'tap'
import { modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { account, region } from '../../model/name-resource.ts'

const trust = modelResource<{ AssumeRolePolicyDocument: object }>(
  modelEnvironment('dev'),
  'analytics',
  'SpectrumRole',
)
const user = (owner: string, workgroup: string) =>
  `arn:aws:redshift:${region}:${owner}:dbuser:${workgroup}/tableau`

async function mayAssume(principal: string, externalId?: string): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal,
        action: 'sts:AssumeRole',
        resource: { resource: `arn:aws:iam::${account}:role/hashgate-dev-analytics`, accountId: account },
        contextVariables: externalId ? { 'sts:ExternalId': externalId } : {},
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: trust.AssumeRolePolicyDocument,
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
  return answer.overallResult === 'Allowed'
}

t.test('database users of our workgroup may assume the Spectrum role', async (t) => {
  const own = user(account, 'hashgate-dev')
  t.ok(await mayAssume('redshift.amazonaws.com', own))
  t.ok(await mayAssume('redshift-serverless.amazonaws.com', own))
})

t.test('other workgroups, accounts and services may not assume the Spectrum role', async (t) => {
  t.notOk(
    await mayAssume('redshift.amazonaws.com', user(account, 'hashgate-dev2')),
    'another workgroup is refused',
  )
  t.notOk(
    await mayAssume('redshift.amazonaws.com', user('222233334444', 'hashgate-dev')),
    'another account is refused',
  )
  t.notOk(await mayAssume('redshift.amazonaws.com'), 'a caller without an external ID is refused')
  t.notOk(await mayAssume('glue.amazonaws.com', user(account, 'hashgate-dev')), 'another service is refused')
})
