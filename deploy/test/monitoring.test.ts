import { readFile } from 'node:fs/promises'
import t from 'tap'
import { createTestApp, sha256, withKey } from '../../scripts/testkit/create-test-app.ts'
import type { ModelStack } from '../model/model-deployment.ts'
import { modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { filtersOf, findFault } from './monitoring/known-metrics.ts'
import type { Metric } from './monitoring/lambda-metrics.ts'
import { matchesFilter } from './monitoring/matches-filter.ts'
import { metricsOf, readWidgets } from './monitoring/read-dashboard.ts'

interface Alarm {
  AlarmName: string
  AlarmDescription: string
  AlarmActions: string[]
  OKActions: string[]
  TreatMissingData: string
  Namespace?: string
  MetricName?: string
  Dimensions?: { Name: string; Value: string }[]
  Metrics?: { MetricStat?: { Metric: Pick<Alarm, 'Namespace' | 'MetricName' | 'Dimensions'> } }[]
}

const stacks = modelEnvironment('dev')
const alarms = stacks.flatMap(alarmsOf)
const patternOf = (name: string) =>
  filtersOf(stacks).find(({ MetricName }) => MetricName === name)?.FilterPattern ?? ''

t.test('each alarm states its reason and links to an existing section of the runbook', async (t) => {
  const runbook = await readFile(new URL('../RUNBOOK.md', import.meta.url), 'utf8')
  const headings = [...runbook.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  t.ok(alarms.length >= 28)
  const anchors = alarms.map(({ AlarmName, AlarmDescription }) => {
    const [, reason = '', anchor] =
      /^(.*) Runbook: deploy\/RUNBOOK\.md#([a-z-]+)$/.exec(AlarmDescription) ?? []
    t.match(reason, /^.{40,}\.$/, `${AlarmName} has a reason`)
    t.ok(headings.includes(anchor), `${AlarmName}: #${anchor}`)
    return anchor
  })
  t.strictSame(
    headings.filter((heading) => !anchors.includes(heading)),
    [],
    'every heading of the runbook belongs to an alarm',
  )
  const places = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  )
  for (const [, anchor = ''] of runbook.matchAll(/\]\(#([a-z-]+)\)/g))
    t.ok(places.includes(anchor), `#${anchor}`)
})

t.test('each alarm notifies the topic when it starts and when it ends', async (t) => {
  const topic = 'arn:aws:sns:us-east-1:111122223333:hashgate-dev-alarms'
  for (const { AlarmName, AlarmActions, OKActions, TreatMissingData } of alarms) {
    t.strictSame([AlarmActions, OKActions], [[topic], [topic]], AlarmName)
    t.match(TreatMissingData, /^(notBreaching|breaching)$/, AlarmName)
  }
})

t.test('a service or our own code publishes the metric of each alarm', async (t) => {
  for (const { AlarmName, ...alarm } of alarms) {
    const metrics = alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [alarm]
    t.ok(metrics.length > 0, AlarmName)
    for (const metric of metrics.map(readMetric))
      t.notOk(findFault(metric, stacks), `${AlarmName}: ${metric.name}`)
  }
})

t.test('the check finds an unknown metric', async (t) => {
  const job = { job: 'hashgate-gateway' }
  const wrong: Metric[] = [
    { namespace: 'AWS/Lambda', name: 'Eror', dimensions: {} },
    { namespace: 'hashgate/dev', name: 'hashgate_nothing', dimensions: job },
    { namespace: 'hashgate/prod', name: 'hashgate_images_owing_events', dimensions: job },
    { namespace: 'hashgate/dev', name: 'hashgate_images_owing_events', dimensions: { tenant: 'acme' } },
    { namespace: 'hashgate/dev', name: 'hashgate_presign_duration_seconds', dimensions: job },
    { namespace: 'hashgate/dev', name: 'Nothing', dimensions: {} },
    { namespace: 'hashgate/dev', name: 'DeadLetters', dimensions: { service: 'gateway' } },
    { namespace: 'hashgate/prod', name: 'DeadLetters', dimensions: { service: 'processor' } },
    { namespace: 'hashgate/dev', name: 'disk_used_percent', dimensions: { path: '/' } },
  ]
  for (const metric of wrong) t.ok(findFault(metric, stacks), `${metric.namespace} ${metric.name}`)
})

for (const [stack, monitored] of [
  ['dashboard', ['alarms', 'compaction', 'audit']],
  ['webhook-alarms', ['webhook-alarms']],
  ['objective', ['objective']],
] as const) {
  t.test(`${stack}: the dashboard shows every alarm, and only metrics that are published`, async (t) => {
    const { DashboardBody } = modelResource<{ DashboardBody: string }>(stacks, stack, 'Dashboard')
    const widgets = readWidgets(DashboardBody)
    t.strictSame(
      widgets.flatMap(({ properties }) => properties.alarms ?? []).sort(),
      alarms
        .filter((alarm) => monitored.some((name) => name === alarm.stack))
        .map(({ id, AlarmName, ...alarm }) =>
          alarm.stack === stack
            ? `${id}.Arn`
            : `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${AlarmName}`,
        )
        .sort(),
    )
    const metrics = widgets.flatMap(metricsOf)
    t.ok(metrics.length > (stack === 'objective' ? 5 : 15))
    for (const metric of metrics) t.notOk(findFault(metric, stacks), `${metric.namespace} ${metric.name}`)
    for (const { x, width } of widgets) t.ok(x + width <= 24)
  })
}

t.test('every alarm is on a dashboard, except those of the brokers, the report and the canary', async (t) => {
  const stacksWithAlarms = [...new Set(alarms.map(({ stack }) => stack))]
  t.strictSame(stacksWithAlarms, [
    'alarms',
    'compaction',
    'audit',
    'objective',
    'webhook-alarms',
    'reports',
    'canary',
    'kafka-alarms',
  ])
})

t.test('the metric filter reads the latency of upload URL requests and of no other log line', async (t) => {
  const { app, lines } = await createTestApp(t, { config: { LOG_LEVEL: 'info' } })
  await app.inject({
    method: 'POST',
    url: '/v1/uploads',
    headers: withKey,
    payload: { sha256, byteLength: 5, contentType: 'image/png' },
  })
  await app.inject({ url: `/v1/images/${sha256}`, headers: withKey })
  const matching = lines.filter((line) => matchesFilter(patternOf('CreateUploadMilliseconds'), line))
  t.equal(matching.length, 1)
  t.match(matching, [{ durationMs: Number }])
  t.equal(
    filtersOf(stacks).find(({ MetricName }) => MetricName === 'CreateUploadMilliseconds')?.MetricValue,
    '$.durationMs',
  )
})

t.test('the CloudTrail filters count denied requests and ignore normal ones', async (t) => {
  const raw = 'hashgate-dev-raw-111122223333-us-east-1'
  const event = (eventName: string, more: object = {}) => ({
    eventSource: 's3.amazonaws.com',
    eventName,
    sourceIPAddress: '198.51.100.7',
    requestParameters: { bucketName: raw },
    ...more,
  })
  const denied = { errorCode: 'AccessDenied' }
  const cases: [string, object, string[]][] = [
    ['an upload', event('PutObject'), []],
    ['an upload to an existing key', event('PutObject', { errorCode: 'PreconditionFailed' }), []],
    ['a refused upload', event('PutObject', denied), ['DeniedWrites']],
    ['a refused delete', event('DeleteObject', denied), ['DeniedDeletes']],
    ['several refused deletes', event('DeleteObjects', denied), ['DeniedDeletes']],
    [
      'a refused delete of the bucket',
      event('DeleteBucket', denied),
      ['DeniedDeletes', 'BucketSettingChanges'],
    ],
    ['an allowed delete', event('DeleteObject'), []],
    ['another lifecycle', event('PutBucketLifecycle'), ['BucketSettingChanges']],
    ['another lifecycle, refused', event('PutBucketLifecycle', denied), ['BucketSettingChanges']],
    ['no lifecycle', event('DeleteBucketLifecycle'), ['BucketSettingChanges']],
    ['no policy', event('DeleteBucketPolicy'), ['BucketSettingChanges']],
    ['no encryption', event('DeleteBucketEncryption'), ['BucketSettingChanges']],
    ['no shut door', event('DeleteBucketPublicAccessBlock'), ['BucketSettingChanges']],
    ['a deployment', event('PutBucketLifecycle', { sourceIPAddress: 'cloudformation.amazonaws.com' }), []],
    ["another team's bucket", event('PutBucketPolicy', { requestParameters: { bucketName: 'wages' } }), []],
    ['a key', event('PutKeyPolicy', { eventSource: 'kms.amazonaws.com' }), []],
  ]
  const names = ['DeniedWrites', 'DeniedDeletes', 'BucketSettingChanges']
  for (const [title, line, expected] of cases) {
    t.strictSame(
      names.filter((name) => matchesFilter(patternOf(name), line)),
      expected,
      title,
    )
  }
})

function alarmsOf({ stack, resources }: ModelStack) {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => ({ stack, id, ...(Properties as unknown as Alarm) }))
}

function readMetric({
  Namespace,
  MetricName,
  Dimensions = [],
}: Pick<Alarm, 'Namespace' | 'MetricName' | 'Dimensions'>): Metric {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))
  return { namespace: Namespace ?? '', name: MetricName ?? '', dimensions }
}
