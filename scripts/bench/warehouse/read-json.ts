import { parseHiveType } from '../../../processor/compaction/hive-type.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { toDuckDbType } from './to-duckdb-type.ts'

/**
 * The manifests of all JSON files that a pattern matches, as a table function of DuckDB with the columns of the Glue table. A value of
 * another type is null. DuckDB, unlike Glue, compares the names of fields with their case.
 * @param fieldNames names of the fields that have upper-case letters, as the manifests have them, at any depth
 */
export function readJson(pattern: string, fieldNames: readonly string[]): string {
  const rename = (column: string) => fieldNames.find((name) => name.toLowerCase() === column) ?? column
  const columns = readManifestTable().StorageDescriptor.Columns.map(
    ({ Name, Type }) => `"${rename(Name)}": '${toDuckDbType(parseHiveType(Type), rename)}'`,
  )
  const file = pattern.replaceAll("'", "''")
  return `read_json('${file}', columns = {${columns.join(', ')}}, ignore_errors = true, hive_partitioning = true, hive_types = {day: VARCHAR})`
}
