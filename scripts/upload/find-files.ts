import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'

const imageName = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i

/**
 * The files that paths, folders and globs stand for, each once, in their order. A folder stands for the images in it,
 * by their names; a file that is named itself is taken whatever its name is.
 * @throws Error when one of them stands for nothing
 */
export async function findFiles(paths: string[]): Promise<string[]> {
  const files = new Set<string>()
  for (const path of paths) {
    const found = await expand(path)
    if (found.length === 0) throw new Error(`There is no image at ${path}.`)
    for (const file of found) files.add(relative('.', resolve(file)))
  }
  return [...files]
}

async function expand(path: string): Promise<string[]> {
  const found = await statOrNothing(path)
  if (found?.isFile()) return [path]
  if (found?.isDirectory()) return imagesIn(path)
  return onlyFiles(await Array.fromAsync(glob(path)))
}

/** Not by a glob: a folder may be named `photos [2024]`. */
async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return onlyFiles(names.filter(isVisibleImage).map((name) => join(folder, name)))
}

/** Leaves out what programs hide beside photos, such as macOS's `._photo.jpg`, which is no image. */
function isVisibleImage(path: string): boolean {
  return imageName.test(path) && !basename(path).startsWith('.')
}

async function onlyFiles(paths: string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths.sort()) if ((await statOrNothing(path))?.isFile()) files.push(path)
  return files
}

/** A link to something that is gone is nothing. */
function statOrNothing(path: string) {
  return stat(path).catch(() => undefined)
}
