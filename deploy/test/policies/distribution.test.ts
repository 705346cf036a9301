import { runSimulation } from '@cloud-copilot/iam-simulate'
import t from 'tap'
import { manifestKey, rawKey, variantKey } from '../../../core/images/object-key.ts'
import { modelDeployment } from '../../model/model-deployment.ts'
import { modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { account, region } from '../../model/name-resource.ts'
import { readParameters } from '../../read-template.ts'

const stacks = modelEnvironment('dev')
const image = { tenant: 'acme', imageId: '9f'.repeat(32), generation: '20261122' }
const bucket = (kind: string) => `arn:aws:s3:::hashgate-dev-${kind}-${account}-${region}`
const variant = `${bucket('processed')}/${variantKey(image, '5f0c9b1d7a3e8264', 'thumb', 'webp')}`
const own = 'arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE'
const other = 'arn:aws:cloudfront::111122223333:distribution/E2OTHER'
const keyArn = `arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`

interface Call {
  action?: string
  resource?: string
  /** ARN of the calling distribution; absent for other CloudFront requests. */
  distribution?: string
  service?: string
  context?: Record<string, string>
}

/** Whether the resource policy admits the service. A service has no identity policy. */
async function isAllowed(policy: unknown, call: Call): Promise<boolean> {
  const { action = 's3:GetObject', resource = variant, distribution, context = {} } = call
  const answer = await runSimulation(
    {
      request: {
        principal: call.service ?? 'cloudfront.amazonaws.com',
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          ...(action.startsWith('s3:') && {
            's3:signatureversion': 'AWS4-HMAC-SHA256',
            's3:signatureAge': '100',
            's3:authType': 'REST-HEADER',
          }),
          ...(distribution && { 'aws:SourceArn': distribution }),
          ...context,
        },
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
  return answer.overallResult === 'Allowed'
}

const policyOf = (from: typeof stacks, id: string) =>
  modelResource<{ PolicyDocument: unknown }>(from, 'storage', id).PolicyDocument
const processed = policyOf(stacks, 'ProcessedBucketPolicy')

t.test('the distribution reads variants and nothing else', async (t) => {
  const raw = policyOf(stacks, 'RawBucketPolicy')
  t.ok(await isAllowed(processed, { distribution: own }), 'a variant')
  const second = variantKey({ ...image, generation: '20261122-2' }, '5f0c9b1d7a3e8264', 'full', 'webp')
  t.ok(await isAllowed(processed, { distribution: own, resource: `${bucket('processed')}/${second}` }))
  const refused: Record<string, [unknown, Call]> = {
    'another distribution': [processed, { distribution: other }],
    'no distribution': [processed, {}],
    'another service': [processed, { distribution: own, service: 'cloudtrail.amazonaws.com' }],
    'a manifest': [
      processed,
      { distribution: own, resource: `${bucket('processed')}/${manifestKey(image)}` },
    ],
    'a list': [processed, { distribution: own, action: 's3:ListBucket', resource: bucket('processed') }],
    'a version': [processed, { distribution: own, action: 's3:GetObjectVersion' }],
    'a write': [processed, { distribution: own, action: 's3:PutObject' }],
    'a deletion': [processed, { distribution: own, action: 's3:DeleteObject' }],
    'an original': [raw, { distribution: own, resource: `${bucket('raw')}/${rawKey(image)}` }],
    'without TLS': [processed, { distribution: own, context: { 'aws:SecureTransport': 'false' } }],
  }
  for (const [what, [policy, call]] of Object.entries(refused)) t.notOk(await isAllowed(policy, call), what)
})

t.test('only the distribution decrypts', async (t) => {
  const { KeyPolicy } = modelResource<{ KeyPolicy: unknown }>(stacks, 'storage', 'Key')
  const decrypt = (call: Call) => isAllowed(KeyPolicy, { action: 'kms:Decrypt', resource: keyArn, ...call })
  t.ok(await decrypt({ distribution: own }))
  t.notOk(await decrypt({ distribution: other }), 'another distribution')
  t.notOk(await decrypt({}), 'CloudFront without a distribution may not decrypt')
  t.notOk(await decrypt({ distribution: own, action: 'kms:Encrypt' }), 'the distribution may not encrypt')
  t.notOk(await decrypt({ distribution: own, service: 'glue.amazonaws.com' }), 'another service')
})

t.test('without the parameter CloudFront has no access', async (t) => {
  const closed = modelDeployment('prod', readParameters('prod'))
  const policies = [
    policyOf(closed, 'ProcessedBucketPolicy'),
    modelResource(closed, 'storage', 'Key').KeyPolicy,
  ]
  for (const policy of policies) t.notMatch(JSON.stringify(policy), /cloudfront|SourceArn/)
})

t.test(
  'the distribution serves only signed URLs, and caches nothing longer than its image lives',
  async (t) => {
    const { DistributionConfig } = modelResource<{
      DistributionConfig: Record<string, Record<string, unknown>>
    }>(stacks, 'cdn', 'Distribution')
    t.match(DistributionConfig.DefaultCacheBehavior, {
      ViewerProtocolPolicy: 'https-only',
      AllowedMethods: ['GET', 'HEAD'],
    })
    t.match(DistributionConfig.DefaultCacheBehavior?.TrustedKeyGroups, ['KeyGroup'])
    t.notOk(DistributionConfig.CacheBehaviors, 'no further cache behavior could serve unsigned URLs')
    const { CachePolicyConfig } = modelResource<{ CachePolicyConfig: Record<string, unknown> }>(
      stacks,
      'cdn',
      'CachePolicy',
    )
    t.match(CachePolicyConfig, {
      MinTTL: 0,
      DefaultTTL: 0,
      ParametersInCacheKeyAndForwardedToOrigin: {
        QueryStringsConfig: { QueryStrings: ['response-cache-control', 'response-expires'] },
      },
    })
  },
)

t.test('the logs of the distribution have no signatures', async (t) => {
  const { RecordFields } = modelResource<{ RecordFields: string[] }>(stacks, 'cdn', 'Logs')
  t.notOk(RecordFields.includes('cs-uri-query'))
})
