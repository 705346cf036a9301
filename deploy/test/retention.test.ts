import t from 'tap'
import { newRecord } from '../../core/images/image-record.ts'
import { readGatewayConfig } from '../../gateway/config.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { gatewaySettings } from '../model/read-settings.ts'
import { deleteAt, type LifecycleRule, simulateLifecycle } from './lifecycle/simulate-lifecycle.ts'

const dayMs = 86_400_000
const midnight = Date.UTC(2026, 10, 22)
/** Just after midnight is the worst case: each rounding adds almost a day. */
const uploads = [midnight + 1, midnight + dayMs / 2, midnight + dayMs - 1]

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const { RETENTION_DAYS: days } = readGatewayConfig(gatewaySettings(stacks))

  for (const name of ['RawBucket', 'ProcessedBucket']) {
    const { LifecycleConfiguration } = modelResource<{
      LifecycleConfiguration: { Rules: LifecycleRule[] }
    }>(stacks, 'storage', name)
    const { Rules } = LifecycleConfiguration

    t.test(
      `${env}: every object in the ${name} is deleted, including versions and delete markers`,
      async (t) => {
        for (const uploadedMs of uploads) {
          const { hidden, bytes, marker, parts } = simulateLifecycle(Rules, uploadedMs)
          t.ok(
            hidden !== undefined && hidden >= days,
            `the object stays at least ${days} days, as long as its image`,
          )
          t.ok(hidden !== undefined && hidden <= days + 1, `hidden within ${days + 1} days`)
          t.ok(bytes !== undefined && bytes <= days + 3, `the last byte is gone within ${days + 3} days`)
          t.ok(
            marker !== undefined && marker <= days + 4,
            `the delete marker is gone within ${days + 4} days`,
          )
          t.ok(parts !== undefined && parts <= 2, 'parts of incomplete uploads are gone within 2 days')
        }
      },
    )

    t.test(`${env}: S3 accepts the rules of the ${name}`, async (t) => {
      for (const { ExpirationInDays, ExpiredObjectDeleteMarker } of Rules) {
        t.notOk(
          ExpirationInDays && ExpiredObjectDeleteMarker,
          'no rule has both an expiry and the removal of delete markers',
        )
      }
    })
  }

  t.test(`${env}: the manifests that analysts query are deleted with the originals`, async (t) => {
    const { ScheduleExpression } = modelResource<{ ScheduleExpression: string }>(
      stacks,
      'compaction',
      'Schedule',
    )
    const { Timeout } = modelResource<{ Timeout: number }>(stacks, 'compaction', 'Function')
    t.equal(ScheduleExpression, 'rate(1 hour)')
    const hourMs = 3_600_000
    const runMs = Timeout * 1_000
    const { LifecycleConfiguration } = modelResource<{
      LifecycleConfiguration: { Rules: LifecycleRule[] }
    }>(stacks, 'storage', 'ProcessedBucket')
    for (const uploadedMs of uploads) {
      const expiresMs = uploadedMs + days * dayMs
      // The next run writes a file without the image; the run after that deletes the old file.
      const queriedUntilMs = expiresMs + hourMs + runMs
      const deletedMs = expiresMs + 2 * hourMs + runMs
      t.ok(
        queriedUntilMs - expiresMs < 2 * hourMs,
        'queries find it for less than two hours after it expires',
      )
      const bytes = deleteAt(LifecycleConfiguration.Rules, deletedMs)
      t.ok(
        bytes !== undefined && (bytes - uploadedMs) / dayMs <= days + 3,
        `the last byte is gone within ${days + 3} days`,
      )
    }
  })

  t.test(
    `${env}: a record expires with its image and cannot be restored for longer than its retention`,
    async (t) => {
      const table = modelResource<{
        TimeToLiveSpecification: { AttributeName: string; Enabled: boolean }
        PointInTimeRecoverySpecification: { RecoveryPeriodInDays: number }
      }>(stacks, 'metadata', 'CatalogTable')
      const record = newRecord(
        { tenant: 'acme', imageId: '9f'.repeat(32), byteLength: 1, contentType: 'image/jpeg' },
        midnight,
        days * 86_400,
      )
      const { AttributeName, Enabled } = table.TimeToLiveSpecification
      t.equal(Enabled, true)
      const end = (record as unknown as Record<string, number>)[AttributeName]
      t.equal((end ?? 0) * 1_000, midnight + days * dayMs, 'in seconds, as DynamoDB counts')
      t.ok(table.PointInTimeRecoverySpecification.RecoveryPeriodInDays <= days)
    },
  )
}

t.test('a report is deleted after its retention, including versions and delete markers', async (t) => {
  const bucket = modelResource<{ LifecycleConfiguration: { Rules: LifecycleRule[] } }>(
    modelEnvironment('dev'),
    'reports',
    'Bucket',
  )
  const {
    hidden = 0,
    bytes = 0,
    marker,
  } = simulateLifecycle(bucket.LifecycleConfiguration.Rules, midnight + 1)
  t.ok(hidden > 365 && hidden <= 366, 'a report is hidden after a year, rounded up to midnight')
  t.ok(bytes <= hidden + 32, 'the last version is deleted within 32 more days')
  t.ok(marker)
})

t.test('the check finds a missing rule', async (t) => {
  const whole: LifecycleRule[] = [
    { Status: 'Enabled', ExpirationInDays: 7, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    { Status: 'Enabled', ExpiredObjectDeleteMarker: true },
  ]
  t.match(simulateLifecycle(whole, midnight), { hidden: 7, bytes: 9, marker: 10 })
  t.match(simulateLifecycle(whole, midnight + 1), { hidden: 8 - 1 / dayMs })
  const [first = { Status: 'Enabled' as const }, markers = { Status: 'Enabled' as const }] = whole
  t.equal(
    simulateLifecycle([{ ...first, NoncurrentVersionExpiration: undefined }, markers], midnight).bytes,
    undefined,
  )
  t.equal(simulateLifecycle([first], midnight).marker, undefined)
  t.equal(simulateLifecycle([{ ...first, Status: 'Disabled' }, markers], midnight).hidden, undefined)
  t.equal(simulateLifecycle([{ ...first, Prefix: 'a/' }, markers], midnight).hidden, undefined)
})
