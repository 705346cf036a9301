import { readdir, readFile } from 'node:fs/promises'

const folder = new URL('../../analytics/', import.meta.url)

/** The files in the order in which they are applied. @param historyMode picks one of the two files that begin with 20 */
export async function listSqlFiles(historyMode: boolean): Promise<string[]> {
  const unwanted = historyMode ? '20-stored.sql' : '20-stored-history.sql'
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.sql') && name !== unwanted).sort()
}

/** The statements of a file, with their placeholders filled. @throws Error for one that has no value */
export async function readStatements(name: string, values: Record<string, string>): Promise<string[]> {
  const text = (await readFile(new URL(name, folder), 'utf8')).replace(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`${name}: nothing is known of \${${key}}`)
    return value
  })
  return text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean)
}
