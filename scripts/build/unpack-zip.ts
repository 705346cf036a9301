import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'

/** Unpacks a zip as Lambda does. */
export async function unpackZip(file: string, into: string): Promise<void> {
  for (const [path, bytes] of Object.entries(unzipSync(await readFile(file)))) {
    const target = join(into, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, bytes)
  }
}
