import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { GlueClient } from '@aws-sdk/client-glue'
import type { Column } from '../../../processor/compaction/hive-type.ts'
import { listenLocally } from '../listen-locally.ts'

interface Partition {
  Values: [string]
  StorageDescriptor: { Location: string }
}

interface Request {
  PartitionInputList: Partition[]
  PartitionsToDelete: { Values: [string] }[]
  PartitionValueList: [string]
  PartitionInput: Partition
  NextToken?: string
}

interface Stoppable {
  teardown(stop: () => unknown): void
}

/** Serves the partitions of one table, one per day, in the JSON protocol of the AWS Glue API. Pages hold one partition. */
export async function startGlueDouble(t: Stoppable, columns: readonly Column[]) {
  const partitions = new Map<string, Partition>()
  /** Columns of the table, and the name of the error that every further call returns. */
  const state = { columns, refusal: '', calls: 0 }

  const errors = (days: string[], ErrorCode: string) => ({
    Errors: days.map((day) => ({ PartitionValues: [day], ErrorDetail: { ErrorCode, ErrorMessage: day } })),
  })

  const operations: Record<string, (request: Request) => object | undefined> = {
    GetTable: () => ({
      Table: {
        Name: 'manifests',
        PartitionKeys: [{ Name: 'day', Type: 'string' }],
        StorageDescriptor: { Columns: state.columns, Location: 's3://processed/manifests/parquet/' },
      },
    }),
    GetPartitions: ({ NextToken = '0' }) => {
      const next = Number(NextToken) + 1
      const page = [...partitions.values()].slice(next - 1, next)
      return { Partitions: page, NextToken: next < partitions.size ? String(next) : undefined }
    },
    BatchCreatePartition: ({ PartitionInputList }) => {
      const days = PartitionInputList.map(({ Values }) => Values[0])
      const existing = days.filter((day) => partitions.has(day))
      for (const input of PartitionInputList) {
        if (!partitions.has(input.Values[0])) partitions.set(input.Values[0], input)
      }
      return errors(existing, 'AlreadyExistsException')
    },
    UpdatePartition: ({ PartitionValueList: [day], PartitionInput }) => {
      if (!partitions.has(day)) return
      partitions.set(day, PartitionInput)
      return {}
    },
    BatchDeletePartition: ({ PartitionsToDelete }) => {
      const days = PartitionsToDelete.map(({ Values }) => Values[0])
      return errors(
        days.filter((day) => !partitions.delete(day)),
        'EntityNotFoundException',
      )
    },
  }

  const server = createServer(async (request, response) => {
    state.calls++
    const name = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const answer = state.refusal ? undefined : operations[name]?.((await json(request)) as Request)
    const type = state.refusal || 'EntityNotFoundException'
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer ?? { __type: type, message: `${name} was refused` }))
  })
  const endpoint = await listenLocally(t, server)
  const credentials = { accessKeyId: 'glue', secretAccessKey: 'glue' }
  const glue = new GlueClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.teardown(() => glue.destroy())
  /** Partition locations by day. */
  const locations = () =>
    Object.fromEntries(
      [...partitions].map(([day, { StorageDescriptor }]) => [day, StorageDescriptor.Location]),
    )
  return { glue, endpoint, state, partitions, locations }
}
