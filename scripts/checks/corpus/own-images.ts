import { readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeOwnImages } from './make-own-images.ts'

const photographs = fileURLToPath(new URL('../../../processor/test/photos/', import.meta.url))

/** Fills a folder with the images made for the test and the project's photographs. Returns their names. */
export async function writeOwnImages(directory: string): Promise<string[]> {
  const made = Object.entries(await makeOwnImages(directory))
  await Promise.all(made.map(async ([name, content]) => writeFile(join(directory, name), await content)))
  const photos = (await readdir(photographs)).filter((name) => name.endsWith('.jpg'))
  await Promise.all(photos.map((name) => symlink(join(photographs, name), join(directory, name))))
  return [...made.map(([name]) => name), ...photos]
}
