import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'

export interface Statement {
  file: string
  sql: string
  /** The error "already exists" is ignored, because the statement cannot be repeated. */
  isOnce: boolean
}

const historyFile = '20-stored-history.sql'
const presentFile = '20-stored.sql'

/** Lists the SQL files of a folder in order. @param historyMode selects one of the two files that start with 20 */
export async function listSqlFiles(directory: URL, historyMode: boolean): Promise<string[]> {
  const other = historyMode ? presentFile : historyFile
  return (await readdir(directory)).filter((file) => file.endsWith('.sql') && file !== other).sort()
}

/** Reads the statements of a file and substitutes `${…}`. @throws Error for a name without a value, or an unsafe value */
export async function readStatements(file: URL, values: Record<string, string>): Promise<Statement[]> {
  return splitStatements(basename(file.pathname), fillIn(await readFile(file, 'utf8'), values))
}

function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_all, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The SQL uses \${${name}}, which has no value.`)
    // Values are substituted between quotes. Names from AWS contain none.
    if (/['"\\]/.test(value)) throw new Error(`\${${name}} has a value that is not safe in SQL: ${value}`)
    return value
  })
}

function splitStatements(file: string, text: string): Statement[] {
  return text
    .split(/;[ \t]*(?:--.*)?$/m)
    .map((part) => ({
      file,
      sql: part.replace(/^[ \t]*--.*$/gm, '').trim(),
      isOnce: /^-- once$/m.test(part),
    }))
    .filter(({ sql }) => sql !== '')
}
