import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  GetTableCommand,
  type GlueClient,
  type PartitionError,
  paginateGetPartitions,
  UpdatePartitionCommand,
} from '@aws-sdk/client-glue'
import type { Column } from './hive-type.ts'

/** The partitions of the manifests' table, one for each day. A query reads the files at a partition's location. */
export interface Partitions {
  /** Columns of the table. */
  columns: readonly Column[]
  /** Days that have a partition, with its location. */
  locations: ReadonlyMap<string, string>
  /** Moves the partition of a day to a location, or creates it there. */
  point(day: string, location: string): Promise<void>
  /** Removes the partition of a day, if it exists. */
  remove(day: string): Promise<void>
}

interface TableName {
  DatabaseName: string
  TableName: string
}

/** Reads the table and its partitions from the Glue catalog. @throws Error when Glue refuses, or when there is no such table */
export async function openPartitions(glue: GlueClient, table: TableName): Promise<Partitions> {
  const { Table } = await glue.send(
    new GetTableCommand({ DatabaseName: table.DatabaseName, Name: table.TableName }),
  )
  const { StorageDescriptor, PartitionKeys = [] } = Table ?? {}
  if (!StorageDescriptor || PartitionKeys.map(({ Name }) => Name).join() !== 'day') {
    throw new Error(`The Glue table ${table.DatabaseName}.${table.TableName} is not partitioned by day.`)
  }
  const locations = await readLocations(glue, table)

  async function point(day: string, location: string): Promise<void> {
    if (locations.get(day) === location) return
    const PartitionInput = { Values: [day], StorageDescriptor: { ...StorageDescriptor, Location: location } }
    const { Errors } = locations.has(day)
      ? { Errors: [] }
      : await glue.send(new BatchCreatePartitionCommand({ ...table, PartitionInputList: [PartitionInput] }))
    // Another run can have created it since.
    if (locations.has(day) || refused(Errors, 'AlreadyExistsException')) {
      await glue.send(new UpdatePartitionCommand({ ...table, PartitionValueList: [day], PartitionInput }))
    }
    locations.set(day, location)
  }

  async function remove(day: string): Promise<void> {
    if (!locations.has(day)) return
    const { Errors } = await glue.send(
      new BatchDeletePartitionCommand({ ...table, PartitionsToDelete: [{ Values: [day] }] }),
    )
    refused(Errors, 'EntityNotFoundException')
    locations.delete(day)
  }

  const columns = (StorageDescriptor.Columns ?? []).map(({ Name = '', Type = '' }) => ({ Name, Type }))
  return { columns, locations, point, remove }
}

async function readLocations(glue: GlueClient, table: TableName): Promise<Map<string, string>> {
  const locations = new Map<string, string>()
  // The paginator writes its token into the input.
  for await (const { Partitions } of paginateGetPartitions({ client: glue }, { ...table })) {
    for (const { Values, StorageDescriptor } of Partitions ?? []) {
      locations.set(Values?.[0] ?? '', StorageDescriptor?.Location ?? '')
    }
  }
  return locations
}

/** Whether Glue refused with this code. @throws Error when it refused with another one */
function refused(errors: PartitionError[] = [], expected: string): boolean {
  const other = errors.find(({ ErrorDetail }) => ErrorDetail?.ErrorCode !== expected)?.ErrorDetail
  if (other) throw new Error(`Glue: ${other.ErrorCode}: ${other.ErrorMessage ?? 'no message'}`)
  return errors.length > 0
}

/** Partitions of a system without Glue, where readers use the newest Parquet file of a day. */
export function createUnlistedPartitions(columns: readonly Column[]): Partitions {
  return { columns, locations: new Map(), point: async () => {}, remove: async () => {} }
}
