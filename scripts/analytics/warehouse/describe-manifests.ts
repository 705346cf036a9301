import { hiveType } from './hive-type.ts'
import { readManifestTable } from './read-manifest-table.ts'

/**
 * The table that Spectrum reads, as DuckDB needs it. Spectrum ignores case in the names of the manifests' fields; DuckDB does not.
 * @param fieldNames names of the fields as the manifests have them, at any depth
 */
export function describeManifests(fieldNames: string[]) {
  const { Name, PartitionKeys, StorageDescriptor } = readManifestTable()
  const rename = (column: string) => fieldNames.find((name) => name.toLowerCase() === column) ?? column
  const columns = StorageDescriptor.Columns.map(({ Name, Type }) => [rename(Name), hiveType(Type, rename)])
  const days = PartitionKeys.map(({ Name }) => [Name, 'VARCHAR'])
  const read = columns.map(([name, type]) => `"${name}": '${type}'`)
  const partitions = days.map(([name, type]) => `${name}: ${type}`)
  return {
    table: `manifests."${Name}"`,
    /** What stands between the parentheses of CREATE TABLE. */
    definition: [...columns, ...days].map(([name, type]) => `"${name}" ${type}`).join(', '),
    /** The manifests of all JSON files that the pattern matches, with the columns of the table. A value of another type is null. */
    fromJson: (pattern: string) =>
      `read_json('${pattern.replaceAll("'", "''")}', columns = {${read.join(', ')}}, ignore_errors = true, hive_partitioning = true, hive_types = {${partitions.join(', ')}})`,
  }
}
