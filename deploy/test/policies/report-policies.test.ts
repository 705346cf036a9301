import { runSimulation } from '@cloud-copilot/iam-simulate'
import t from 'tap'
import { modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { account, region } from '../../model/name-resource.ts'
import { createPolicySimulator, type Request } from './simulate.ts'

const stacks = modelEnvironment('dev')
const isAllowed = createPolicySimulator(stacks)
const bucket = `arn:aws:s3:::hashgate-dev-reports-${account}-${region}`
const page = `${bucket}/reports/2026-11-23_2026-11-29/report.html`
const [reports, reader, viewer, gateway] = ['reports', 'report-reader', 'viewer', 'gateway'].map(
  (name) => `hashgate-dev-${name}`,
)

t.test('only the function writes reports, and only readers read them', async (t) => {
  const listing = { 's3:prefix': 'reports/2026-11-23_2026-11-29/mailed.json' }
  const cases: [boolean, Request][] = [
    [true, { role: reports, action: 's3:PutObject', resource: page }],
    [false, { role: reports, action: 's3:PutObject', resource: `${bucket}/index.html` }],
    [
      false,
      {
        role: reports,
        action: 's3:PutObject',
        resource: page,
        context: { 'aws:SecureTransport': 'false' },
      },
    ],
    [false, { role: reader, action: 's3:PutObject', resource: page }],
    [false, { role: 'administrator', action: 's3:PutObject', resource: page }],
    [false, { action: 's3:GetObject', resource: page }],
    [false, { role: reports, action: 's3:GetObject', resource: page }],
    [false, { role: reports, action: 's3:DeleteObject', resource: page }],
    [true, { role: reports, action: 's3:ListBucket', resource: bucket, context: listing }],
    [false, { role: reports, action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': '' } }],
    [true, { role: reader, action: 's3:GetObject', resource: page }],
    [true, { role: reader, action: 's3:ListBucket', resource: bucket, context: listing }],
    [false, { role: reader, action: 's3:DeleteObject', resource: page }],
    [false, { role: viewer, action: 's3:GetObject', resource: page }],
    [false, { role: gateway, action: 's3:GetObject', resource: page }],
    [true, { role: 'administrator', action: 's3:DeleteObject', resource: page }],
  ]
  for (const [expected, request] of cases) {
    const { role = 'an anonymous caller', action, resource, context } = request
    const how = context ? ` with ${JSON.stringify(context)}` : ''
    t.equal(await isAllowed(request), expected, `${role}, ${action} ${resource.replace(bucket, '')}${how}`)
  }
})

t.test('the function touches no image, manifest or artefact', async (t) => {
  for (const kind of ['raw', 'processed', 'artefacts']) {
    const resource = `arn:aws:s3:::hashgate-dev-${kind}-${account}-${region}/manifests/x`
    for (const action of ['s3:GetObject', 's3:PutObject'])
      t.notOk(await isAllowed({ role: reports, action, resource }), `${action} ${kind}`)
  }
})

interface Asked {
  principal?: string
  action: string
  resource: string
  resourcePolicy: unknown
}

/** Whether the function's role allows an action on a resource other than a bucket. */
async function mayFunction({ principal = 'hashgate-dev-reports', action, resource, resourcePolicy }: Asked) {
  const { Policies } = modelResource<{ Policies: { PolicyName: string; PolicyDocument: unknown }[] }>(
    stacks,
    'reports',
    'Role',
  )
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${principal}/session`,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          'aws:PrincipalArn': `arn:aws:iam::${account}:role/${principal}`,
        },
      },
      identityPolicies: Policies.map(({ PolicyName, PolicyDocument }) => ({
        name: PolicyName,
        policy: PolicyDocument,
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
  return answer.overallResult === 'Allowed'
}

t.test('the function assumes the role of viewers and no other one', async (t) => {
  const { AssumeRolePolicyDocument: resourcePolicy } = modelResource<{ AssumeRolePolicyDocument: object }>(
    stacks,
    'analytics',
    'ViewerRole',
  )
  const roleArn = (name: string) => `arn:aws:iam::${account}:role/hashgate-dev-${name}`
  const assume = (name: string) =>
    mayFunction({ action: 'sts:AssumeRole', resource: roleArn(name), resourcePolicy })
  t.ok(await assume('viewer'))
  t.notOk(await assume('analytics'))
  t.notOk(await assume('reprocess'))
})

t.test('the function publishes to its topic only, and no other role with its permissions does', async (t) => {
  const { PolicyDocument: resourcePolicy } = modelResource<{ PolicyDocument: object }>(
    stacks,
    'reports',
    'TopicPolicy',
  )
  const topicArn = (name: string) => `arn:aws:sns:${region}:${account}:hashgate-dev-${name}`
  const publish = (name: string, principal?: string) =>
    mayFunction({ principal, action: 'sns:Publish', resource: topicArn(name), resourcePolicy })
  t.ok(await publish('reports'))
  t.notOk(await publish('alarms'))
  t.notOk(await publish('reports', 'hashgate-dev-gateway'))
})
