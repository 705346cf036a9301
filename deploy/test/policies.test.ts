import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { type Resource, readStacks, readTemplate } from '../read-template.ts'
import { findStatements, listOf, type Statement } from './policies/find-statements.ts'

const templates = new Map(readStacks().map((entry) => [entry.stack, readTemplate(entry)]))

/** The wildcards of a statement, which need a documented reason. */
const wildcards: Record<string, (statement: Statement) => boolean> = {
  'wildcard-action': ({ Action, NotAction }) =>
    NotAction !== undefined || listOf(Action).some((action) => /^\*$|:\*$/.test(action)),
  'wildcard-resource': ({ Resource, NotResource }) =>
    NotResource !== undefined ||
    listOf(Resource).some((resource) => /^\*$|^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*$/.test(resource)),
  'wildcard-principal': ({ Principal }) =>
    Principal === '*' || listOf(Principal?.AWS).some((principal) => principal === '*'),
}

const given = environments
  .flatMap((env) => findStatements(modelEnvironment(env)))
  .filter(({ statement }) => statement.Effect === 'Allow')
  .flatMap(({ stack, resource, statement }) =>
    Object.entries(wildcards)
      .filter(([, matches]) => matches(statement))
      .map(([rule]) => ({ stack, resource, rule, statement })),
  )

t.test('every wildcard action, resource or principal has a documented reason', async (t) => {
  for (const { stack, resource, rule, statement } of given) {
    const reason = templates.get(stack)?.Resources[resource]?.Metadata?.Suppressed?.[rule]
    t.type(reason, 'string', `${stack}.yaml, ${resource}: ${rule} of ${JSON.stringify(statement)}`)
  }
})

t.test('every documented reason still applies', async (t) => {
  for (const [stack, { Resources }] of templates) {
    for (const [resource, { Metadata }] of Object.entries(Resources)) {
      for (const rule of Object.keys(Metadata?.Suppressed ?? {}).filter((rule) => rule in wildcards)) {
        const isNeeded = given.some(
          (one) => one.stack === stack && one.resource === resource && one.rule === rule,
        )
        t.ok(isNeeded, `${stack}.yaml, ${resource}: ${rule}`)
      }
    }
  }
})

t.test('every statement for all principals has a condition', async (t) => {
  const open = given.filter(({ rule }) => rule === 'wildcard-principal')
  t.ok(open.length > 0)
  for (const { stack, resource, statement } of open) {
    t.ok(Object.keys(statement.Condition ?? {}).length > 0, `${stack}.yaml, ${resource}`)
  }
})

/** Types of resources whose contents cannot be recreated. */
const stateful = [
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]

t.test('stateful resources are retained when their stack is deleted', async (t) => {
  for (const [stack, { Resources }] of templates) {
    for (const [resource, { Type, DeletionPolicy, UpdateReplacePolicy }] of Object.entries(Resources)) {
      if (!stateful.includes(Type)) continue
      t.equal(DeletionPolicy, 'Retain', `${stack}.yaml, ${resource}: DeletionPolicy`)
      t.equal(UpdateReplacePolicy, 'Retain', `${stack}.yaml, ${resource}: UpdateReplacePolicy`)
    }
  }
})

const keptOf = ({ DeletionPolicy, UpdateReplacePolicy }: Resource) => [DeletionPolicy, UpdateReplacePolicy]

t.test('a retained bucket keeps its policy', async (t) => {
  for (const { stack, resources } of modelEnvironment('dev')) {
    const made = Object.entries(resources)
    for (const [id, bucket] of made.filter(([, { Type }]) => Type === 'AWS::S3::Bucket')) {
      const policies = made.filter(
        ([, { Type, Properties }]) =>
          Type === 'AWS::S3::BucketPolicy' && Properties.Bucket === bucket.Properties.BucketName,
      )
      t.same(
        policies.map(([, policy]) => keptOf(policy)),
        [keptOf(bucket)],
        `${stack}.yaml, ${id}`,
      )
    }
  }
})

t.test('a retained policy can be imported by a bucket name that is known in advance', async (t) => {
  for (const [stack, { Resources }] of templates) {
    for (const [id, resource] of Object.entries(Resources)) {
      if (resource.Type !== 'AWS::S3::BucketPolicy') continue
      t.match(resource.Properties?.Bucket, { 'Fn::Sub': /^hashgate-/ }, `${stack}.yaml, ${id}`)
    }
  }
})
