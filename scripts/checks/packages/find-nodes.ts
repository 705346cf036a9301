import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** This Node and the machine's, which may be older. npm scripts have the project's Node first in `PATH`. */
export async function findNodes(): Promise<string[]> {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  for (const program of folders.map((folder) => join(folder, 'node'))) {
    if (await isThere(program)) return [process.execPath, program]
  }
  console.log("Only the project's Node is tested, because the machine has no other.")
  return [process.execPath]
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
