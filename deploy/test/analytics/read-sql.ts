import * as deployed from '../../../scripts/deploy/warehouse/read-statements.ts'

const folder = new URL('../../analytics/', import.meta.url)

/** The SQL files in the order in which they are applied. @param historyMode selects one of the two files that begin with 20 */
export const listSqlFiles = (historyMode: boolean): Promise<string[]> =>
  deployed.listSqlFiles(folder, historyMode)

/** The statements of a file, as they are deployed. @throws Error for a placeholder that has no value */
export async function readStatements(name: string, values: Record<string, string>): Promise<string[]> {
  return (await deployed.readStatements(new URL(name, folder), values)).map(({ sql }) => sql)
}
