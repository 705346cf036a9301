import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { HeadBucketCommand } from '@aws-sdk/client-s3'
import t from 'tap'
import { createCatalogTable } from '../../core/catalog/create-catalog-table.ts'
import { readOutput, readOutputs } from '../../scripts/deploy/read-outputs.ts'
import { deployStacks } from '../../scripts/deploy/stacks/deploy-stacks.ts'
import { destroyStacks } from '../../scripts/deploy/stacks/destroy-stacks.ts'
import { findStack } from '../../scripts/deploy/stacks/find-stack.ts'
import { planStacks } from '../../scripts/deploy/stacks/plan-stacks.ts'
import { startSystem } from '../../scripts/local/start-system.ts'
import { testFlow } from '../../scripts/test/flow-contract.ts'
import { runVerify } from '../../scripts/test/verify/run-verify.ts'
import { readStacks } from '../read-template.ts'
import { halfSupported, missingAttributes } from './moto/adapt-for-moto.ts'
import { deployToMoto, env } from './moto/deploy-to-moto.ts'
import { useDeployed } from './moto/use-deployed.ts'

const { endpoint, deployment, stacks, missingTypes } = await deployToMoto(t)
const { aws } = deployment

/** Resource types that moto does not support, so these tests do not cover them. Remove a type when moto supports it. */
const notInMoto = [
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::Budgets::Budget',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::EC2::Instance',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Logs::MetricFilter',
  'AWS::Redshift::Integration',
  'AWS::RedshiftServerless::Namespace',
  'AWS::RedshiftServerless::Workgroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
]

/** Checks that fail because moto's S3 verifies neither signatures nor bodies. */
const notEnforcedByMoto = [
  'the bucket refuses: other bytes of the same length',
  'the bucket refuses: one changed bit',
  'the bucket refuses: other bytes, with their own checksum',
  'the bucket refuses: fewer bytes than announced',
  'the bucket refuses: more bytes than announced',
  'the bucket refuses: another type',
  'the bucket refuses: without a type',
  'the bucket refuses: without a checksum',
  'the bucket refuses: without if-none-match',
  'the bucket refuses: with an ACL header added by the client',
  'the bucket refuses: anonymous: no signature at all',
  'the bucket refuses: tampered: another signature',
  'the bucket refuses: tampered: a longer expiry',
  'the bucket refuses: tampered: another key',
  'the bucket refuses: reading with the upload URL',
  'the bucket refuses: deleting with the upload URL',
  'the original cannot be read, with or without the upload URL',
]

t.test('every resource type that moto does not support is listed', async (t) => {
  t.strictSame(missingTypes, notInMoto)
  for (const type of missingTypes) t.comment(`moto does not create ${type}. ${halfSupported[type] ?? ''}`)
  for (const [type, names] of Object.entries(missingAttributes))
    t.comment(`moto does not return attributes of ${type}: ${names}`)
})

t.test('every stack deploys in order and publishes the values that stacks.json lists', async (t) => {
  await deployStacks(deployment, await planStacks(deployment, stacks))
  for (const { stack, writes } of readStacks().filter(({ stack }) =>
    stacks.some(({ name }) => name === stack),
  )) {
    const names = writes.map((name) => `/hashgate/${env}/${stack}/${name}`)
    const found = await readOutputs(aws.ssm, names)
    t.strictSame([...found.keys()].sort(), names.sort(), stack)
  }
})

t.test('a second deployment changes nothing', async (t) => {
  const plans = await planStacks(deployment, stacks)
  t.strictSame(
    plans.filter(({ changes }) => changes.length > 0).map(({ stack }) => stack.name),
    [],
  )
})

t.test('the catalog accepts the deployed table', async () => {
  await createCatalogTable(aws.dynamoDb, await readOutput(aws.ssm, env, 'metadata/catalog-table'))
})

await testFlow(t, {
  name: 'the resources that the templates created in moto',
  startBacking: useDeployed(deployment, endpoint),
})

t.test('the verification reports exactly what the S3 of moto does not enforce', async (t) => {
  const startBacking = useDeployed(deployment, endpoint)
  const system = await startSystem({ dataDirectory: t.testdir({}), port: 0, startBacking })
  t.teardown(system.close)
  const { lines } = await runVerify({ gateway: system.gatewayUrl, key: system.key })
  t.strictSame(
    lines.flatMap((line) => /^not ok \d+ - (.*)/.exec(line)?.[1] ?? []),
    notEnforcedByMoto,
  )
})

t.test('stateful resources remain after the stacks are deleted', async (t) => {
  const names = [
    'metadata/catalog-table',
    'metadata/keys-table',
    'metadata/webhooks-table',
    'storage/raw-bucket',
    'storage/processed-bucket',
  ]
  const [catalog, keys, webhooks, ...buckets] = await Promise.all(
    names.map((name) => readOutput(aws.ssm, env, name)),
  )
  // moto refuses to delete a network whose resources are deleted in the same run.
  const toDelete = stacks.filter(({ name }) => !['foundation', 'network'].includes(name))
  const answers = ['yes', env]
  t.ok(await destroyStacks({ ...deployment, ask: async () => answers.shift() ?? '' }, toDelete, stacks))

  for (const { stackName } of toDelete)
    t.equal(await findStack(aws.cloudFormation, stackName), undefined, stackName)
  for (const TableName of [catalog, keys, webhooks]) {
    const { Table } = await aws.dynamoDb.send(new DescribeTableCommand({ TableName }))
    t.equal(Table?.TableStatus, 'ACTIVE')
  }
  for (const Bucket of buckets) await aws.s3.send(new HeadBucketCommand({ Bucket }))
})
