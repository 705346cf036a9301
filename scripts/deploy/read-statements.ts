import { readdir, readFile } from 'node:fs/promises'

export interface Statement {
  file: string
  sql: string
  /** It can be made only once: that it "already exists" is no error. */
  isOnce: boolean
}

const historyFile = '20-stored-history.sql'
const presentFile = '20-stored.sql'

/**
 * The statements of a folder, in the order of their files, with what `${…}` stands for.
 * @throws Error for a name that nobody gives a value
 */
export async function readStatements(directory: URL, values: Record<string, string>): Promise<Statement[]> {
  const other = values.HistoryMode === 'true' ? presentFile : historyFile
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql') && file !== other)
  const texts = await Promise.all(files.sort().map((file) => readFile(new URL(file, directory), 'utf8')))
  return texts.flatMap((text, index) => splitStatements(files[index] ?? '', fillIn(text, values)))
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
