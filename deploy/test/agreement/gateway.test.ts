import { S3Client } from '@aws-sdk/client-s3'
import t from 'tap'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'
import { streamLimits } from '../../../gateway/live-events/stream-limits.ts'
import { createPresignUpload } from '../../../gateway/uploads/presign-upload.ts'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'
import { environments, modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { gatewaySettings } from '../../model/read-settings.ts'
import { listOf, type Statement } from '../policies/find-statements.ts'
import { someRecord } from './some-record.ts'

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const gateway = readGatewayConfig(gatewaySettings(stacks))
  const policyOf = (name: string) =>
    modelResource<{ PolicyDocument: { Statement: Statement[] } }>(stacks, 'storage', name).PolicyDocument
      .Statement

  t.test(`${env}: the lifetime of a URL matches the signature age that its bucket accepts`, async (t) => {
    for (const [name, seconds] of [
      ['RawBucketPolicy', gateway.PRESIGN_TTL_SECONDS],
      ['ProcessedBucketPolicy', gateway.VARIANT_URL_TTL_SECONDS],
    ] as const) {
      const ages = policyOf(name).flatMap(({ Condition }) =>
        listOf(Condition?.NumericGreaterThan?.['s3:signatureAge']),
      )
      t.same(ages, [seconds * 1_000], name)
    }
  })

  t.test(`${env}: the load balancer closes an idle connection before the gateway does`, async (t) => {
    const { app } = await createTestApp(t)
    const { LoadBalancerAttributes } = modelResource<{
      LoadBalancerAttributes: { Key: string; Value: string }[]
    }>(stacks, 'edge', 'LoadBalancer')
    const idle = LoadBalancerAttributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')
    t.ok(Number(idle?.Value) * 1_000 < app.server.keepAliveTimeout)
    t.ok(
      Number(idle?.Value) > gateway.MAX_WAIT_SECONDS,
      'the load balancer keeps a request that waits for an image',
    )
  })

  t.test(`${env}: a gateway that leaves the load balancer ends its streams itself`, async (t) => {
    const { TargetGroupAttributes } = modelResource<{
      TargetGroupAttributes: { Key: string; Value: string }[]
    }>(stacks, 'edge', 'TargetGroup')
    const delay = TargetGroupAttributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')
    const { maxLifetimeSeconds, heartbeatSeconds, flushSeconds } = streamLimits
    // The age of a stream starts at a random second of its heartbeat, and is part of its lifetime.
    t.ok(Number(delay?.Value) > maxLifetimeSeconds + flushSeconds)
    t.ok(Number(delay?.Value) > gateway.MAX_WAIT_SECONDS)
    t.ok(heartbeatSeconds * 2 < 60, 'one heartbeat can be lost within the idle timeout')
  })

  t.test(`${env}: a deployment keeps the number of gateways that auto scaling chose`, async (t) => {
    const group = modelResource<Record<string, unknown>>(stacks, 'gateway', 'Group')
    t.notOk('DesiredCapacity' in group)
    t.ok(
      Number(group.MinSize) < Number(group.MaxSize),
      'the group can scale out and replace instances one by one',
    )
  })

  t.test(`${env}: an outage of S3 or DynamoDB replaces no gateway`, async (t) => {
    const { HealthCheckPath } = modelResource<{ HealthCheckPath: string }>(stacks, 'edge', 'TargetGroup')
    t.equal(HealthCheckPath, '/readyz', 'only the load balancer stops sending requests')
    const group = modelResource<Record<string, unknown>>(stacks, 'gateway', 'Group')
    t.match(group, { HealthCheckType: 'EC2', InstanceMaintenancePolicy: { MinHealthyPercentage: 100 } })
  })

  t.test(`${env}: CORS allows every signed header`, async (t) => {
    const s3 = new S3Client({
      ...s3ClientOptions({ AWS_REGION: 'us-east-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT: '' }),
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    t.teardown(() => s3.destroy())
    const presign = await createPresignUpload(s3, {
      bucket: gateway.RAW_BUCKET,
      ttlSeconds: 900,
      now: Date.now,
    })
    const { headers, method } = await presign('key', someRecord())
    const { CorsConfiguration } = modelResource<{
      CorsConfiguration: {
        CorsRules: Record<'AllowedHeaders' | 'AllowedMethods' | 'AllowedOrigins', string[]>[]
      }
    }>(stacks, 'storage', 'RawBucket')
    const [rule] = CorsConfiguration.CorsRules
    // S3 rejects a rule without an origin, so the template falls back to one that does not exist.
    t.same(rule?.AllowedOrigins, (gateway.CORS_ORIGINS || 'https://example.invalid').split(','))
    t.same(rule?.AllowedMethods, [method])
    // Browsers set content-length themselves, so CORS need not allow it.
    const own = Object.keys(headers).filter((name) => name !== 'content-length')
    t.same(
      [...own, 'x-amz-meta-*'].filter((name) => !rule?.AllowedHeaders.includes(name)),
      [],
    )
  })
}
