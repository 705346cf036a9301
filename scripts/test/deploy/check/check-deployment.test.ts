import t from 'tap'
import { checkDeployment, formatFindings, isDeployable } from '../../../deploy/check/check-deployment.ts'
import { prepareCheck } from './prepare-check.ts'

const artefacts = { builds: true, dist: new URL('file:///nowhere/') }
const everything = [
  'foundation',
  'network',
  'kafka',
  'kafka-cluster',
  'processor',
  'storage',
  'edge',
  'gateway',
  'analytics',
]
const given = {
  kafka: { ReferenceCluster: 'yes' },
  storage: { CorsOrigins: 'https://acme.io', KeeperRoleArn: 'arn:aws:iam::111122223333:role/keeper' },
  edge: {
    DomainName: 'images.acme.io',
    HostedZoneId: 'Z1',
    CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/8f0c',
  },
}

t.test('a lookup without permission is unknown and names the permission', async (t) => {
  const { context, double } = await prepareCheck(t, everything, given)
  const lookups = [
    'DescribeStacks',
    'DescribeCertificate',
    'GetResource',
    'GetServiceQuota',
    'GetAccountSettings',
    'ListServiceQuotas',
    'GetRole',
    'GetParameters',
  ]
  for (const action of lookups) double.denied.add(action)
  const findings = await checkDeployment(context.deployment, context.stacks, artefacts)
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown')
  t.same(
    unknown.map(({ subject, text }) => `${subject}: ${text.replace(/Could not check.*/, '…')}`),
    [
      'stacks: needs cloudformation:DescribeStacks',
      'caller: needs iam:GetRole',
      'certificate: needs acm:DescribeCertificate',
      'domain: needs route53:GetHostedZone and cloudformation:GetResource',
      'names: cloudformation:GetResource failed: …',
      'quota: Elastic IPs: needs servicequotas:GetServiceQuota',
      'quota: VPCs: needs servicequotas:GetServiceQuota',
      'quota: vCPUs: needs servicequotas:GetServiceQuota',
      'quota: Lambda: needs lambda:GetAccountSettings',
      'quota: Redshift: needs servicequotas:ListServiceQuotas',
      'artefacts: needs ssm:GetParameters',
      'topics: needs ssm:GetParameters',
    ],
  )
  t.match(
    findings.find(({ subject }) => subject === 'parameters'),
    { verdict: 'ok' },
    'the others count',
  )
  t.ok(isDeployable(findings), 'unknown findings do not stop a deployment')
})

t.test('a failed lookup is unknown as well', async (t) => {
  const { context, double } = await prepareCheck(t, ['edge'], given)
  const failure = { status: 400, code: 'InvalidArnException', message: 'odd' }
  double.refusals.push({ action: 'DescribeCertificate', ...failure })
  double.standing.set('Z1', { Name: 'acme.io' })
  const findings = await checkDeployment(context.deployment, context.stacks, artefacts)
  t.match(
    findings.find(({ subject }) => subject === 'certificate'),
    { verdict: 'unknown', text: 'acm:DescribeCertificate failed: odd' },
  )
})

t.test('the table shows failed checks', async (t) => {
  const { context } = await prepareCheck(t, ['edge'])
  const findings = await checkDeployment(context.deployment, context.stacks, artefacts)
  t.notOk(isDeployable(findings))
  t.match(formatFindings(findings), /│ parameters +│ FAILS +│ edge needs DomainName/)
})
