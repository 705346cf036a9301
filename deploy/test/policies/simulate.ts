import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import type { ModelStack } from '../../model/model-deployment.ts'
import { account } from '../../model/name-resource.ts'

/** A request to AWS: the caller, the resource and the condition keys. */
export interface Request {
  /** Name of a role; absent for an anonymous caller. */
  role?: string
  action: string
  /** ARN of a bucket or of an object. */
  resource: string
  /** Whether a presigned URL is used instead of a signed request. */
  byUrl?: boolean
  /** Condition keys that differ from those of a fresh upload. */
  context?: Record<string, string | undefined>
}

interface Policies {
  identity: Map<string, { name: string; policy: unknown }[]>
  /** Policies by bucket name. */
  buckets: Map<string, unknown>
}

/** A role outside the templates that may do everything in its account. */
const administrator = {
  name: 'everything',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
}

/** Condition keys of a PUT that was signed a second ago. */
const freshUpload = {
  'aws:SecureTransport': 'true',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
  's3:signatureAge': '1000',
  's3:if-none-match': '*',
}

function readPolicies(stacks: ModelStack[]): Policies {
  const all = stacks.flatMap(({ resources }) => Object.values(resources))
  const identity = all
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties.RoleName)
    .map(({ Properties }) => {
      const inline = (Properties.Policies ?? []) as { PolicyName: string; PolicyDocument: unknown }[]
      const policies = inline.map(({ PolicyName, PolicyDocument }) => ({
        name: PolicyName,
        policy: PolicyDocument,
      }))
      return [String(Properties.RoleName), policies] as const
    })
  const buckets = all
    .filter(({ Type }) => Type === 'AWS::S3::BucketPolicy')
    .map(({ Properties }) => [String(Properties.Bucket), Properties.PolicyDocument] as const)
  return { identity: new Map(identity), buckets: new Map(buckets) }
}

/** Creates a function that evaluates whether the templates' policies allow a request to S3. */
export function createPolicySimulator(stacks: ModelStack[]) {
  const { identity, buckets } = readPolicies(stacks)

  /** @throws Error when IAM would reject a policy or the request as invalid */
  return async function isAllowed({
    role,
    action,
    resource,
    byUrl,
    context = {},
  }: Request): Promise<boolean> {
    const bucket = resource.replace(/^arn:aws:s3:::/, '').split('/')[0] ?? ''
    const resourcePolicy = buckets.get(bucket)
    if (!resourcePolicy) throw new Error(`${bucket} has no policy`)
    const principalArn = role && { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}` }
    const authType = { 's3:authType': byUrl ? 'REST-QUERY-STRING' : 'REST-HEADER' }
    const given = Object.entries({ ...freshUpload, ...authType, ...principalArn, ...context })
    const contextVariables = Object.fromEntries(given.filter(([, value]) => value !== undefined))
    const answer = await runSimulation(
      {
        request: {
          principal: role ? `arn:aws:sts::${account}:assumed-role/${role}/session` : anonymousPrincipal,
          action,
          resource: { resource, accountId: account },
          contextVariables: contextVariables as Record<string, string>,
        },
        identityPolicies: role ? (identity.get(role) ?? [administrator]) : [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
      },
      {},
    )
    if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
    return answer.overallResult === 'Allowed'
  }
}
