import { topics } from '../../../core/events/image-events.ts'
import { readTopicsConfig } from '../../config.ts'
import { connectCommandToKafka } from '../../connect-kafka.ts'
import type { Deployment } from '../deployment.ts'
import { readOutputs } from '../read-outputs.ts'
import { type CheckContext, isNew } from './check-context.ts'
import { answered, type Finding, type Verdict } from './finding.ts'

/** @returns the names of the cluster's topics. @throws Error if the cluster is out of reach */
export type ListTopics = (deployment: Deployment, brokers: string) => Promise<string[]>

/** Checks that the topics exist. Brokers are usually out of reach of the machine that deploys. */
export async function checkTopics(
  context: CheckContext,
  listTopics: ListTopics = listTopicsOfCluster,
): Promise<Finding[]> {
  const { deployment, stacks } = context
  const readers = stacks.filter(({ template: { Parameters = {} } }) =>
    Parameters.TopicPrefix?.Type.startsWith('AWS::SSM::'),
  )
  if (readers.length === 0) return []
  const [verdict, text] = await judge(
    deployment,
    listTopics,
    readers.some((stack) => isNew(context, stack)),
  )
  return [{ subject: 'topics', verdict, text }]
}

async function judge(
  deployment: Deployment,
  listTopics: ListTopics,
  isFirst: boolean,
): Promise<[Verdict, string]> {
  const paths = ['bootstrap-servers', 'topic-prefix'].map(
    (name) => `/hashgate/${deployment.env}/kafka/${name}`,
  )
  const written = await answered('ssm:GetParameters', readOutputs(deployment.aws.ssm, paths))
  const [brokers, prefix] = paths.map((path) => written.get(path))
  if (!brokers || !prefix)
    return [
      'note',
      'create them with "npm run topics" once the brokers run, before the processor is deployed',
    ]
  const existing = await listTopics(deployment, brokers).catch(() => undefined)
  if (!existing) {
    const when = isFirst ? 'before the first deployment of the processor' : 'if they are missing'
    return ['unknown', `no broker can be reached from here: run "npm run topics" inside the VPC ${when}`]
  }
  const names = Object.values(topics).map((topic) => prefix + topic)
  const missing = names.filter((name) => !existing.includes(name))
  if (missing.length > 0) return ['fails', `these do not exist: ${missing.join(', ')}. Run "npm run topics"`]
  return ['ok', `all ${names.length} exist`]
}

async function listTopicsOfCluster({ env, caller }: Deployment, brokers: string): Promise<string[]> {
  const config = readTopicsConfig({
    AWS_REGION: caller.region,
    KAFKA_BROKERS: brokers,
    KAFKA_SASL_SECRET_ID: `hashgate/${env}/kafka/operator-login`,
    KAFKA_CA_SECRET_ID: `hashgate/${env}/kafka/ca`,
  })
  const admin = (await connectCommandToKafka(config, 'deploy')).admin()
  await admin.connect()
  try {
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}
