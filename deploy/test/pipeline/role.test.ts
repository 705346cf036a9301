import { runSimulation } from '@cloud-copilot/iam-simulate'
import t from 'tap'
import { modelDeployment } from '../../model/model-deployment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { account, region } from '../../model/name-resource.ts'
import { readParameters, readStacks, readTemplate } from '../../read-template.ts'

interface Role {
  AssumeRolePolicyDocument: object
  MaxSessionDuration: number
  Policies: { PolicyName: string; PolicyDocument: object }[]
}

const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`
const repository = 'octo-org@123456/octo-repo@789012'
const ownArn = `arn:aws:iam::${account}:role/hashgate-dev-deploy`

function modelRole(section: Record<string, string> = {}): Role {
  const values = { ...readParameters('dev'), pipeline: { Repository: repository, ...section } }
  return modelResource<Role>(modelDeployment('dev', values), 'pipeline', 'Role')
}

/** Claims of GitHub's token about the job. */
interface Token {
  sub?: string
  aud?: string
  issuer?: string
}

/** The simulator ignores GitHub's condition keys, so policy and token use Google's, which work the same way. */
const simulatedIssuer = 'accounts.google.com'

async function mayAssume(role: Role, { sub, aud = 'sts.amazonaws.com', issuer = provider }: Token) {
  const trust = JSON.stringify(role.AssumeRolePolicyDocument)
  const answer = await runSimulation(
    {
      request: {
        principal: issuer,
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: { resource: ownArn, accountId: account },
        contextVariables: {
          [`${simulatedIssuer}:aud`]: aud,
          ...(sub && { [`${simulatedIssuer}:sub`]: sub }),
        },
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: JSON.parse(
        trust.replaceAll('token.actions.githubusercontent.com:', `${simulatedIssuer}:`),
      ),
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
  return answer.overallResult === 'Allowed'
}

const strangers: Record<string, Token> = {
  'another branch': { sub: `repo:${repository}:ref:refs/heads/feature` },
  'a branch whose name begins with the name of the allowed one': {
    sub: `repo:${repository}:ref:refs/heads/main2`,
  },
  'a tag': { sub: `repo:${repository}:ref:refs/tags/main` },
  'a pull request, also from a fork': { sub: `repo:${repository}:pull_request` },
  'another environment': { sub: `repo:${repository}:environment:staging` },
  'another repository': { sub: 'repo:octo-org@123456/other@1:ref:refs/heads/main' },
  'another owner with the same names': { sub: 'repo:octo-org@9/octo-repo@8:ref:refs/heads/main' },
  'a subject without the numbers': { sub: 'repo:octo-org/octo-repo:ref:refs/heads/main' },
  'no subject': {},
  'another audience': { sub: `repo:${repository}:ref:refs/heads/main`, aud: 'https://github.com/octo-org' },
  'another issuer': {
    sub: `repo:${repository}:ref:refs/heads/main`,
    issuer: `arn:aws:iam::${account}:oidc-provider/gitlab.example.com`,
  },
}

t.test('only the branch of the repository assumes the role', async (t) => {
  const role = modelRole()
  t.ok(await mayAssume(role, { sub: `repo:${repository}:ref:refs/heads/main` }), 'the branch')
  for (const [who, token] of Object.entries(strangers)) t.notOk(await mayAssume(role, token), who)
})

t.test('with an environment, only its jobs assume the role', async (t) => {
  const role = modelRole({ GitHubEnvironment: 'production', ProviderArn: provider })
  t.ok(await mayAssume(role, { sub: `repo:${repository}:environment:production` }), 'the environment')
  t.notOk(await mayAssume(role, { sub: `repo:${repository}:ref:refs/heads/main` }), 'the branch')
  for (const [who, token] of Object.entries(strangers)) t.notOk(await mayAssume(role, token), who)
})

t.test('an existing identity provider is reused', async (t) => {
  const pipeline = (ProviderArn: string) =>
    modelDeployment('dev', {
      ...readParameters('dev'),
      pipeline: { Repository: repository, ProviderArn },
    }).find(({ stack }) => stack === 'pipeline')?.resources ?? {}
  t.ok(pipeline('').Provider)
  t.notOk(pipeline(provider).Provider)
})

async function may(action: string, resource: string, context: Record<string, string> = {}) {
  const [policy] = modelRole().Policies
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/hashgate-dev-deploy/GitHubActions`,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: [{ name: 'deploy', policy: policy?.PolicyDocument }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(answer.errors)}`)
  return answer.overallResult === 'Allowed'
}

const bucket = (kind: string) => `arn:aws:s3:::hashgate-dev-${kind}-${account}-${region}`
const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`
const stack = (name: string) => `arn:aws:cloudformation:${region}:${account}:stack/${name}/1`
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
const ssmCore = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'

t.test('the role may deploy', async (t) => {
  const needed: [string, string, Record<string, string>?][] = [
    ['cloudformation:CreateChangeSet', stack('hashgate-dev-storage')],
    ['cloudformation:ExecuteChangeSet', stack('hashgate-dev-storage')],
    ['cloudformation:DeleteStack', stack('hashgate-dev-storage')],
    // The pipeline stack is planned with the others and has no changes.
    ['cloudformation:CreateChangeSet', stack('hashgate-dev-pipeline')],
    ['cloudformation:DeleteChangeSet', stack('hashgate-dev-pipeline')],
    ['s3:PutObject', `${bucket('artefacts')}/processor/1.zip`],
    ['s3:GetObject', `${bucket('artefacts')}/processor/1.zip`],
    ['s3:PutBucketPolicy', bucket('raw')],
    ['s3:PutLifecycleConfiguration', bucket('raw')],
    ['dynamodb:CreateTable', table('hashgate-dev-catalog')],
    ['dynamodb:PutItem', table('hashgate-dev-keys')],
    ['iam:GetRole', ownArn],
    ['iam:CreateRole', role('hashgate-dev-processor')],
    ['iam:PutRolePolicy', role('hashgate-dev-processor')],
    ['iam:PassRole', role('hashgate-dev-processor')],
    ['iam:AttachRolePolicy', role('hashgate-dev-gateway'), { 'iam:PolicyARN': ssmCore }],
    ['ssm:GetParameters', `arn:aws:ssm:${region}:${account}:parameter/hashgate/dev/network/vpc-id`],
    [
      'secretsmanager:CreateSecret',
      `arn:aws:secretsmanager:${region}:${account}:secret:hashgate/dev/kafka/ca-1`,
    ],
  ]
  for (const [action, resource, context] of needed) t.ok(await may(action, resource, context), action)
})

t.test('the role may not touch images, records, itself or other environments', async (t) => {
  const administrator = { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' }
  const forbidden: [string, string, Record<string, string>?][] = [
    ...['raw', 'processed', 'logs'].flatMap((kind): [string, string][] =>
      ['GetObject', 'GetObjectVersion', 'PutObject', 'DeleteObject', 'DeleteObjectVersion'].map((action) => [
        `s3:${action}`,
        `${bucket(kind)}/acme/image`,
      ]),
    ),
    ['dynamodb:DeleteItem', table('hashgate-dev-catalog')],
    ['dynamodb:Scan', table('hashgate-dev-catalog')],
    ['dynamodb:GetItem', table('hashgate-dev-webhooks')],
    ['cloudformation:ExecuteChangeSet', stack('hashgate-dev-pipeline')],
    ['iam:UpdateAssumeRolePolicy', ownArn],
    ['iam:PutRolePolicy', ownArn],
    ['iam:PassRole', ownArn],
    ['iam:AttachRolePolicy', role('hashgate-dev-gateway'), administrator],
    ['iam:PutRolePolicy', role('administrator')],
    ['iam:CreateUser', `arn:aws:iam::${account}:user/eve`],
    ['iam:CreateAccessKey', `arn:aws:iam::${account}:user/eve`],
    ['sts:AssumeRole', role('hashgate-dev-reprocess')],
    ['cloudformation:CreateChangeSet', stack('hashgate-prod-storage')],
    ['dynamodb:DeleteTable', table('hashgate-prod-catalog')],
    ['s3:PutBucketPolicy', `arn:aws:s3:::hashgate-prod-raw-${account}-${region}`],
    ['iam:PutRolePolicy', role('hashgate-prod-gateway')],
  ]
  for (const [action, resource, context] of forbidden)
    t.notOk(await may(action, resource, context), `${action} ${resource}`)
})

/** IAM action prefixes that differ from the service name in the resource type. */
const prefixes: Record<string, string> = {
  CertificateManager: 'acm',
  ElasticLoadBalancingV2: 'elasticloadbalancing',
  RedshiftServerless: 'redshift-serverless',
}

t.test('the role covers every service that the templates use', async (t) => {
  const types = readStacks().flatMap((entry) =>
    Object.values(readTemplate(entry).Resources).map(({ Type }) => Type),
  )
  const services = new Set(types.map((type) => type.split('::')[1] ?? ''))
  services.delete('IAM')
  const text = JSON.stringify(modelRole().Policies)
  for (const service of services) {
    const prefix = prefixes[service] ?? service.toLowerCase()
    t.match(text, `"${prefix}:*"`, `${service}: add ${prefix}:* to the role of pipeline.yaml`)
  }
})
