import type { ModelResource, ModelStack } from '../../deploy/model/model-deployment.ts'
import { priceIdleCompaction } from './price-compaction.ts'
import { type CostRow, priceOf } from './prices.ts'
import { readAssumptions } from './read-assumptions.ts'

const hours = 730
/** Redshift bills each load for at least a minute. Source: "Billing for Amazon Redshift Serverless", Amazon Redshift Management Guide. */
const billedMinutesPerLoad = 1
/** Metrics that gateway and processor send, with all their dimensions. */
const customMetrics = 40
/** Metrics that the agent and detailed monitoring add per instance. Source: "Instance metrics", Amazon EC2 User Guide. */
const detailedMetrics = 7
/** Flow logs of an environment with little traffic. */
const flowLogGigabytes = 2

/** The fixed monthly cost of an environment: the resources of its templates with their parameters. */
export function priceMonth(stacks: ModelStack[]): CostRow[] {
  const resources = stacks
    .filter(({ stack }) => !separateStacks.includes(stack))
    .flatMap(({ resources }) => Object.values(resources))
  const ofType = (type: string) => resources.filter(({ Type }) => Type === `AWS::${type}`)
  const count = (type: string) => ofType(type).length
  const zonesOf = (type: string, property: string) =>
    ofType(type).reduce((zones, { Properties }) => zones + [Properties[property] ?? []].flat().length, 0)

  const instances = sumOf(ofType('AutoScaling::AutoScalingGroup'), 'MinSize')
  const addresses = count('EC2::EIP') + zonesOf('ElasticLoadBalancingV2::LoadBalancer', 'Subnets')
  const interfaces = ofType('EC2::VPCEndpoint').filter(
    ({ Properties }) => Properties.VpcEndpointType === 'Interface',
  )
  const endpointZones = interfaces.reduce(
    (zones, { Properties }) => zones + list(Properties.SubnetIds).length,
    0,
  )
  const rules = ofType('WAFv2::WebACL').reduce(
    (sum, { Properties }) => sum + list(Properties.Rules).length,
    0,
  )
  const alarmMetrics = ofType('CloudWatch::Alarm').reduce((sum, alarm) => sum + countMetrics(alarm), 0)
  const pollers = ofType('Lambda::EventSourceMapping').reduce((sum, source) => sum + minPollers(source), 0)
  const units = sumOf(ofType('RedshiftServerless::Workgroup'), 'BaseCapacity')
  const interval = refreshSeconds(stacks)
  const loads = (hours * 3_600) / interval
  const loadHours = (loads * billedMinutesPerLoad) / 60

  const row = (what: string, quantity: number, unit: string, price: number): CostRow => ({
    what,
    arithmetic: `${amount(quantity)} ${unit} × $${price}`,
    usd: quantity * price,
  })
  const hourly = (what: string, quantity: number, unit: string, price: number): CostRow => ({
    what,
    arithmetic: `${amount(quantity)} ${unit} × ${hours} hours × $${price}`,
    usd: quantity * hours * price,
  })
  return [
    hourly('NAT gateways', count('EC2::NatGateway'), 'zones', priceOf('natHour')),
    hourly('Kafka pollers of Lambda', pollers, 'unit', priceOf('kafkaPollerHour')),
    hourly('gateways, at least', instances, 'c7g.medium', priceOf('c7g.medium')),
    row(
      'disks of the gateways',
      instances * gatewayDiskGigabytes(ofType('EC2::LaunchTemplate')),
      'GB',
      priceOf('diskGigabyteMonth'),
    ),
    hourly(
      'load balancer, with a unit of load',
      count('ElasticLoadBalancingV2::LoadBalancer'),
      'balancer',
      priceOf('loadBalancerHour'),
    ),
    hourly('public IPv4 addresses', addresses, 'addresses', priceOf('publicAddressHour')),
    hourly('Secrets Manager inside the VPC', endpointZones, 'zones', priceOf('endpointZoneHour')),
    {
      what: 'firewall, without its $0.60 per million requests',
      arithmetic: `$${priceOf('firewallMonth')}, and ${rules} rules × $${priceOf('firewallRuleMonth')}`,
      usd: count('WAFv2::WebACL') * priceOf('firewallMonth') + rules * priceOf('firewallRuleMonth'),
    },
    row('keys', count('KMS::Key'), 'KMS keys', priceOf('kmsKeyMonth')),
    row('secrets', count('SecretsManager::Secret'), 'secrets', priceOf('secretMonth')),
    row('alarms', alarmMetrics, 'metrics', priceOf('alarmMetricMonth')),
    row('dashboards', count('CloudWatch::Dashboard'), 'dashboards', priceOf('dashboardMonth')),
    row('metrics of gateway and processor, at most', customMetrics, 'metrics', priceOf('metricMonth')),
    row('detailed monitoring', instances * detailedMetrics, 'metrics', priceOf('metricMonth')),
    row('flow logs, of little traffic', flowLogGigabytes, 'GB', priceOf('flowLogGigabyte')),
    {
      what: 'Redshift Serverless, loading records',
      arithmetic: `${amount(loads)} loads, one every ${interval / 60} minutes, of at least ${billedMinutesPerLoad} minute: ${amount(loadHours)} hours × ${units} units × $${priceOf('redshiftUnitHour')}`,
      usd: loadHours * units * priceOf('redshiftUnitHour'),
    },
    priceIdleCompaction(readAssumptions(stacks), hours),
  ]
}

/** Optional parts, which the table in deploy/README.md lists separately. */
const separateStacks = ['kafka-cluster', 'kafka-alarms', 'reports', 'canary', 'webhooks', 'webhook-alarms']

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const amount = (value: number): string => String(Math.round(value * 10) / 10)

const sumOf = (resources: ModelResource[], property: string): number =>
  resources.reduce((sum, { Properties }) => sum + Number(Properties[property]), 0)

/** CloudWatch bills an alarm by the metrics that it reads. */
function countMetrics({ Properties }: ModelResource): number {
  if (!Properties.Metrics) return 1
  return list(Properties.Metrics).filter((query) => (query as { MetricStat?: object }).MetricStat).length
}

function minPollers({ Properties }: ModelResource): number {
  const config = Properties.ProvisionedPollerConfig as { MinimumPollers?: number | string } | undefined
  return Number(config?.MinimumPollers ?? 0)
}

function gatewayDiskGigabytes(templates: ModelResource[]): number {
  const [template] = templates
  const data = template?.Properties.LaunchTemplateData as
    | { BlockDeviceMappings?: { Ebs?: { VolumeSize?: number } }[] }
    | undefined
  return (data?.BlockDeviceMappings ?? []).reduce((sum, { Ebs }) => sum + Number(Ebs?.VolumeSize ?? 0), 0)
}

function refreshSeconds(stacks: ModelStack[]): number {
  const analytics = stacks.find(({ stack }) => stack === 'analytics')
  return Number(analytics?.parameters.RefreshIntervalSeconds)
}
