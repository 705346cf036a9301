import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'

const imageName = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i

/**
 * Expands paths, folders and globs to files, in order and without repetition. A folder expands to the files in it that
 * have the extension of an image; a file given by its path is used whatever its extension.
 * @throws Error when a path matches nothing
 */
export async function findFiles(paths: string[]): Promise<string[]> {
  const files = new Set<string>()
  for (const path of paths) {
    const found = await expand(path)
    if (found.length === 0) throw new Error(`No image found at ${path}.`)
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

/** Uses no glob, because the name of a folder may contain glob characters: `photos [2024]`. */
async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return onlyFiles(names.filter(isVisibleImage).map((name) => join(folder, name)))
}

/** Leaves out hidden files, such as macOS's `._photo.jpg`, which is not an image. */
function isVisibleImage(path: string): boolean {
  return imageName.test(path) && !basename(path).startsWith('.')
}

async function onlyFiles(paths: string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths.sort()) if ((await statOrNothing(path))?.isFile()) files.push(path)
  return files
}

/** Undefined for a missing file and for a broken link. */
function statOrNothing(path: string) {
  return stat(path).catch(() => undefined)
}
