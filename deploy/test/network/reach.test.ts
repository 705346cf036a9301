import { readFile } from 'node:fs/promises'
import t from 'tap'
import { type ModelStack, publishedBy } from '../../model/model-deployment.ts'
import { modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { canReach, type Side } from './reach.ts'

// dev has the reference cluster and webhooks.
const stacks = modelEnvironment('dev')
const published = new Map(stacks.flatMap(publishedBy))
const inVpc = (groups: string[]): Side => ({ address: '10.20.48.10', groups })
const internet: Side = { address: '198.51.100.7' }

const property = (stack: string, name: string, ...path: string[]): unknown =>
  path.reduce(
    (value, key) => (value as Record<string, unknown>)[key],
    modelResource(stacks, stack, name) as unknown,
  )

function listed(stack: string, name: string, ...path: string[]): Side {
  const groups = property(stack, name, ...path)
  // Without groups, no rule would apply.
  if (!Array.isArray(groups)) throw new Error(`${stack} ${name} has no ${path.join('.')}`)
  return inVpc(groups)
}

const brokers = listed('kafka-cluster', 'Broker1Address', 'GroupSet')
const secretsManager = listed('network', 'SecretsManagerEndpoint', 'SecurityGroupIds')
const warehouse = listed('analytics', 'Workgroup', 'SecurityGroupIds')
const instances = listed('gateway', 'LaunchTemplate', 'LaunchTemplateData', 'SecurityGroupIds')
const processor = listed('processor', 'Function', 'VpcConfig', 'SecurityGroupIds')
const webhooks = listed('webhooks', 'Function', 'VpcConfig', 'SecurityGroupIds')

const readText = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** The security groups whose SSM parameters a text mentions. */
function namedIn(text: string): string[] {
  const names = [...text.matchAll(/[\w-]+\/client-group-id/g)].map(([name]) => `/hashgate/dev/${name}`)
  return [...new Set(names)].map((name) => String(published.get(name)))
}

function pollersOf(stack: string): [name: string, Side][] {
  const { resources } = stacks.find((model) => model.stack === stack) as ModelStack
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(([name, { Properties }]) => {
      const access = Properties.SourceAccessConfigurations as { Type: string; URI: string }[]
      const groups = access.filter(({ Type }) => Type === 'VPC_SECURITY_GROUP')
      return [`pollers of ${name}`, inVpc(groups.map(({ URI }) => URI.replace('security_group:', '')))]
    })
}

t.test(
  'operators who follow the documentation reach brokers, Secrets Manager and the internet',
  async (t) => {
    const readme = await readText('README.md')
    const [, section = ''] = /### A machine that reaches the brokers\n([\s\S]*?)\n### /.exec(readme) ?? []
    const machine = inVpc(namedIn(section))
    t.ok(canReach(stacks, machine, brokers, 9096), 'brokers')
    t.ok(canReach(stacks, machine, secretsManager, 443), 'Secrets Manager')
    t.ok(canReach(stacks, machine, internet, 443), 'git, npm, other services')
    t.equal(
      readme.split('#a-machine-that-reaches-the-brokers').length,
      3,
      'the sections on topics and reprocessing refer to it',
    )
    const outside = readme.replace(section, '')
    t.notMatch(outside, 'kafka/client-group-id', 'no other section names only some of the groups')
  },
)

t.test('operators who follow the documentation of Tableau reach the warehouse', async (t) => {
  const machine = inVpc(namedIn(await readText('tableau/README.md')))
  t.ok(canReach(stacks, machine, warehouse, 5439))
})

t.test('each service reaches what it needs', async (t) => {
  const balancer = listed('edge', 'LoadBalancer', 'SecurityGroups')
  const needs: [name: string, from: Side, to: Side, port: number][] = [
    ...(['gateway', 'processor'] as const).flatMap((name): [string, Side, Side, number][] => {
      const side = name === 'gateway' ? instances : processor
      return [
        [`${name} to the brokers`, side, brokers, 9096],
        [`${name} to Secrets Manager`, side, secretsManager, 443],
        [`${name} to AWS`, side, internet, 443],
      ]
    }),
    ...[...pollersOf('processor'), ...pollersOf('webhooks')].map(
      ([name, side]): [string, Side, Side, number] => [name, side, brokers, 9096],
    ),
    ['brokers to their controllers', brokers, brokers, 9093],
    ['brokers to each other', brokers, brokers, 9094],
    ['brokers to Secrets Manager', brokers, secretsManager, 443],
    ['load balancer to gateways', balancer, instances, 3000],
    ['clients to the load balancer', internet, balancer, 443],
    ['warehouse to AWS', warehouse, internet, 443],
    ['webhooks to receivers', webhooks, internet, 443],
  ]
  for (const [name, from, to, port] of needs) {
    const isReached = from === internet ? canEnter(to, port) : canReach(stacks, from, to, port)
    t.ok(isReached, name)
  }
})

t.test('connections that no service needs are blocked', async (t) => {
  const machine = inVpc(namedIn('kafka/client-group-id'))
  const refusals: [name: string, from: Side, to: Side, port: number][] = [
    ['webhooks to the brokers', webhooks, brokers, 9096],
    ['webhooks to Secrets Manager', webhooks, secretsManager, 443],
    ['gateway to the controllers', instances, brokers, 9093],
    ['processor to the gateway', processor, instances, 3000],
    ['gateway to the warehouse', instances, warehouse, 5439],
    ['the Kafka group alone to Secrets Manager', machine, secretsManager, 443],
  ]
  for (const [name, from, to, port] of refusals) t.notOk(canReach(stacks, from, to, port), name)
  t.notOk(canEnter(brokers, 9096), 'the internet to the brokers')
  t.notOk(canEnter(instances, 3000), 'the internet to the gateways')
})

/** Whether a connection from the internet can enter. */
function canEnter(to: Side, port: number): boolean {
  const anyone: ModelStack = {
    stack: 'outside',
    parameters: {},
    resources: {
      Anyone: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: {
          GroupDescription: 'anyone',
          SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
        },
      },
    },
  }
  return canReach([...stacks, anyone], { ...internet, groups: ['sg-anyone'] }, to, port)
}
