import { glob, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'

const imageFiles = '**/*.{jpg,jpeg,png,webp,avif,gif,tif,tiff,JPG,JPEG,PNG,WEBP,AVIF,GIF,TIF,TIFF}'

/**
 * The files that paths, folders and globs stand for, each once, in their order. A folder stands for the images in it,
 * by their names; a file that is named itself is taken whatever its name is.
 * @throws Error when one of them stands for nothing
 */
export async function findFiles(paths: string[]): Promise<string[]> {
  const files = new Set<string>()
  for (const path of paths) {
    const before = files.size
    let matches = 0
    for await (const file of expand(path)) {
      files.add(relative('.', resolve(file)) || file)
      matches += 1
    }
    if (matches === 0 && files.size === before) throw new Error(`There is no image at ${path}.`)
  }
  return [...files]
}

async function* expand(path: string): AsyncGenerator<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) yield path
  else if (found?.isDirectory()) yield* filesOf(`${path}/${imageFiles}`)
  else yield* filesOf(path)
}

async function* filesOf(pattern: string): AsyncGenerator<string> {
  const matches = (await Array.fromAsync(glob(pattern))).sort()
  for (const match of matches) if ((await stat(match)).isFile()) yield match
}
