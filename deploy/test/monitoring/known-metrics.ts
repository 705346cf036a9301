import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import { createMetrics } from '../../../gateway/observe/create-metrics.ts'
import type { ModelStack } from '../../model/model-deployment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { functionSettings } from '../../model/read-settings.ts'
import { type Metric, readLambdaMetrics } from './lambda-metrics.ts'

/** AWS metrics missing from its published list, with the page that documents them. */
const unlisted: Record<string, string> = {
  'AWS/Lambda AsyncEventAge': 'Types of metrics for Lambda functions, asynchronous invocation metrics',
  'AWS/Lambda AsyncEventsDropped': 'Types of metrics for Lambda functions, asynchronous invocation metrics',
  'AWS/Lambda OffsetLag': 'Types of metrics for Lambda functions, performance metrics',
  'AWS/Lambda PollingErrorCount': 'Types of metrics for Lambda functions, event source mapping metrics',
  'AWS/Lambda ProvisionedPollers': 'Types of metrics for Lambda functions, event source mapping metrics',
  'AWS/WAFV2 BlockedRequests': 'AWS WAF metrics and dimensions',
}

/** Metrics that an event source publishes only if `MetricsConfig` lists this group. */
const optional: Record<string, string> = { 'AWS/Lambda PollingErrorCount': 'ErrorCount' }

const bootScript = readFileSync(new URL('../../boot/gateway.sh', import.meta.url), 'utf8')

const listed = new Set(
  loadAwsServiceSpecSync()
    .all('metric')
    .map(({ namespace, name }) => `${namespace} ${name}`),
)

interface AgentConfig {
  logs: {
    metrics_collected: {
      prometheus: {
        emf_processor: {
          metric_namespace: string
          metric_declaration: { dimensions: string[][]; metric_selectors: string[] }[]
        }
      }
    }
  }
}

/** Why the metric is never published, or undefined if it is. */
export function findFault(metric: Metric, stacks: ModelStack[]): string | undefined {
  const { namespace, name } = metric
  const title = `${namespace} ${name}`
  const group = optional[title]
  if (group && !everySourceSends(group, stacks)) return `an event source lacks ${group} in its MetricsConfig`
  if (namespace.startsWith('AWS/')) {
    return listed.has(title) || title in unlisted ? undefined : `AWS publishes no metric ${title}`
  }
  if (name === diskMetric) return findDiskFault(metric, stacks)
  if (name.startsWith('hashgate_')) return findGaugeFault(metric, readAgentConfig(stacks))
  const isFiltered = filtersOf(stacks).some(
    (filter) => filter.MetricNamespace === namespace && filter.MetricName === name,
  )
  const isWritten = fromFunctions(stacks).some((written) => isDeepStrictEqual(written, metric))
  return isFiltered || isWritten ? undefined : `no function or metric filter publishes ${title}`
}

const diskMetric = 'disk_used_percent'

/** The agent on a broker must publish the usage of the disk at this path, without the instance among the dimensions. */
function findDiskFault({ namespace, dimensions }: Metric, stacks: ModelStack[]): string | undefined {
  const { LaunchTemplateData } = modelResource<{ LaunchTemplateData: { UserData: string } }>(
    stacks,
    'kafka-cluster',
    'BrokerTemplate',
  )
  const disk = `"disk": { "resources": ["${dimensions.path}"], "measurement": ["used_percent"]`
  const sent = [`"namespace": "${namespace}"`, `"aggregation_dimensions": [["path"]]`, disk]
  const missing = sent.filter((part) => !LaunchTemplateData.UserData.includes(part))
  return missing.length > 0 ? `the agent on a broker lacks ${missing.join(' and ')}` : undefined
}

function everySourceSends(group: string, stacks: ModelStack[]): boolean {
  return stacks
    .flatMap(({ resources }) => Object.values(resources))
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .every(({ Properties }) =>
      (Properties.MetricsConfig as { Metrics: string[] } | undefined)?.Metrics.includes(group),
    )
}

function fromFunctions(stacks: ModelStack[]): Metric[] {
  return Object.entries(readLambdaMetrics).flatMap(([stack, read]) =>
    read(functionSettings(stacks, stack).METRICS_NAMESPACE ?? ''),
  )
}

/** The gateway must have the metric, and the agent on the instance must forward it with the same dimensions. */
function findGaugeFault({ namespace, name, dimensions }: Metric, agent: AgentConfig): string | undefined {
  const registry = createMetrics().registry
  if (!registry.getSingleMetric(name)) return `the gateway has no ${name}`
  const { metric_namespace, metric_declaration } = agent.logs.metrics_collected.prometheus.emf_processor
  if (metric_namespace !== namespace) return `the agent writes to ${metric_namespace}`
  const names = Object.keys(dimensions).sort().join()
  const passed = metric_declaration.some(
    (declaration) =>
      declaration.metric_selectors.some((selector) => new RegExp(selector).test(name)) &&
      declaration.dimensions.some((set) => set.toSorted().join() === names),
  )
  return passed ? undefined : `the agent does not forward ${name} with the dimensions ${names}`
}

/** The settings of the CloudWatch agent, as the boot script writes them with the variables from the user data. */
export function readAgentConfig(stacks: ModelStack[]): AgentConfig {
  const { LaunchTemplateData } = modelResource<{ LaunchTemplateData: { UserData: string } }>(
    stacks,
    'gateway',
    'LaunchTemplate',
  )
  const variables = [...LaunchTemplateData.UserData.matchAll(/^export ([A-Z_]+)='(.*)'$/gm)]
  const [, text = ''] = /<<AGENT\n(.*?)\nAGENT\n/s.exec(bootScript) ?? []
  return JSON.parse(
    variables.reduce((json, [, name, value = '']) => json.replaceAll(`$${name}"`, `${value}"`), text),
  )
}

interface MetricFilter {
  FilterPattern: string
  MetricTransformations: { MetricNamespace: string; MetricName: string; MetricValue: string }[]
}

export function filtersOf(stacks: ModelStack[]) {
  return stacks.flatMap(({ resources }) =>
    Object.values(resources)
      .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
      .map(({ Properties }) => Properties as unknown as MetricFilter)
      .flatMap(({ FilterPattern, MetricTransformations }) =>
        MetricTransformations.map((transformation) => ({ FilterPattern, ...transformation })),
      ),
  )
}
