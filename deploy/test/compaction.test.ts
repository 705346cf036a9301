import t from 'tap'
import { readGatewayConfig } from '../../gateway/config.ts'
import { defaultGraceMs } from '../../processor/compaction/compact-day.ts'
import { deployables } from '../../scripts/build/build-zips.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { account, region } from '../model/name-resource.ts'
import { functionSettings, gatewaySettings } from '../model/read-settings.ts'
import { findStatements, listOf } from './policies/find-statements.ts'

interface CompactionFunction {
  Handler: string
  Timeout: number
  Code: { S3Key: string }
  ReservedConcurrentExecutions?: number
}

const hourSeconds = 3_600

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const program = modelResource<CompactionFunction>(stacks, 'compaction', 'Function')
  const table = modelResource<{
    DatabaseName: string
    TableInput: {
      Name: string
      StorageDescriptor: {
        Location: string
        InputFormat: string
        OutputFormat: string
        SerdeInfo: { SerializationLibrary: string }
      }
    }
  }>(stacks, 'analytics', 'ManifestTable')

  t.test(`${env}: the function is in the processor's zip`, async (t) => {
    t.equal(program.Code.S3Key, modelResource<CompactionFunction>(stacks, 'processor', 'Function').Code.S3Key)
    const programs = deployables.find(({ zip }) => zip === 'processor.zip')?.programs
    t.ok(programs?.includes(`processor/${program.Handler.replace('.handler', '.ts')}`))
  })

  t.test(`${env}: runs do not queue up, and do not overlap where concurrency can be reserved`, async (t) => {
    const schedule = modelResource<{ ScheduleExpression: string; Target: { Input: string } }>(
      stacks,
      'compaction',
      'Schedule',
    )
    t.equal(schedule.ScheduleExpression, 'rate(1 hour)')
    t.strictSame(JSON.parse(schedule.Target.Input), { time: '<aws.scheduler.scheduled-time>' })
    t.ok(program.Timeout < hourSeconds, 'a run ends before the next one starts')
    t.ok(
      program.Timeout * 1_000 + defaultGraceMs < hourSeconds * 1_000,
      'the next run deletes the files that this run replaced',
    )
    t.match(modelResource(stacks, 'compaction', 'AsyncInvocation'), {
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: hourSeconds,
    })
    t.equal(program.ReservedConcurrentExecutions, env === 'prod' ? 1 : undefined)
  })

  t.test(`${env}: the function compacts the table that Spectrum reads`, async (t) => {
    const settings = functionSettings(stacks, 'compaction')
    const { DatabaseName, TableInput } = table
    t.match(settings, { GLUE_DATABASE: DatabaseName, GLUE_TABLE: TableInput.Name })
    const gateway = readGatewayConfig(gatewaySettings(stacks))
    t.match(settings, {
      PROCESSED_BUCKET: gateway.PROCESSED_BUCKET,
      RETENTION_DAYS: String(gateway.RETENTION_DAYS),
    })
    const { StorageDescriptor } = TableInput
    t.equal(StorageDescriptor.Location, `s3://${settings.PROCESSED_BUCKET}/manifests/parquet/`)
    // Source: "AWS::Glue::Table StorageDescriptor", and "CREATE TABLE" in the Amazon Athena User Guide, for STORED AS PARQUET.
    t.match(StorageDescriptor, {
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    })
  })

  t.test(`${env}: compaction changes partitions of that table only`, async (t) => {
    const glue = `arn:aws:glue:${region}:${account}`
    const changing = findStatements(stacks).filter(({ statement }) =>
      listOf(statement.Action).some((action) => /^glue:(Batch)?(Create|Update|Delete)/.test(action)),
    )
    t.strictSame(
      changing.map(({ stack, resource, statement }) => [
        stack,
        resource,
        statement.Action,
        statement.Resource,
      ]),
      [
        [
          'compaction',
          'Role',
          [
            'glue:GetTable',
            'glue:GetPartitions',
            'glue:BatchCreatePartition',
            'glue:UpdatePartition',
            'glue:BatchDeletePartition',
          ],
          [`${glue}:catalog`, `${glue}:database/hashgate_${env}`, `${glue}:table/hashgate_${env}/manifests`],
        ],
      ],
    )
  })
}
