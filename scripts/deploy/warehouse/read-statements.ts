import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'

export interface Statement {
  file: string
  sql: string
  /** It can be made only once: that it "already exists" is no error. */
  isOnce: boolean
}

const historyFile = '20-stored-history.sql'
const presentFile = '20-stored.sql'

/** The files of a folder in the order in which they are applied. @param historyMode picks one of the two that begin with 20 */
export async function listSqlFiles(directory: URL, historyMode: boolean): Promise<string[]> {
  const other = historyMode ? presentFile : historyFile
  return (await readdir(directory)).filter((file) => file.endsWith('.sql') && file !== other).sort()
}

/** The statements of a file, with what `${…}` stands for. @throws Error for a name that has no value, or an unfit one */
export async function readStatements(file: URL, values: Record<string, string>): Promise<Statement[]> {
  return splitStatements(basename(file.pathname), fillIn(await readFile(file, 'utf8'), values))
}

function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_all, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The SQL names \${${name}}, which has no value.`)
    // They stand between quotes. What AWS names has none, so this is somebody's mistake.
    if (/['"\\]/.test(value)) throw new Error(`\${${name}} cannot be written into SQL: ${value}`)
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
