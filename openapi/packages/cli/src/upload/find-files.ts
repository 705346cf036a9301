import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, resolve } from 'node:path'
import { glob } from 'tinyglobby'
import { printable } from '../terminal/printable.ts'
import { imageExtensions } from './image-extensions.ts'
import { describeSkipped } from './skipped-files.ts'

export interface FoundFiles {
  files: string[]
  /** Files in folders that do not have the extension of an image, such as videos, and broken links. Hidden files are not listed. */
  skipped: string[]
  unreadable: UnreadableFolder[]
}

export interface UnreadableFolder {
  path: string
  /** Code of the error, such as `EACCES`. */
  code: string
}

/**
 * Expands paths, folders and globs to files, in order and without repetition. A folder expands to the files in it that
 * have the extension of an image; a file given by its path is used regardless of its extension. A folder that links to itself
 * is searched once.
 * @throws Error when a path matches nothing
 */
export async function findFiles(paths: string[]): Promise<FoundFiles> {
  const files = new Set<string>()
  const skipped = new Set<string>()
  const unreadable = new Map<string, UnreadableFolder>()
  for (const path of paths) {
    const found = await expand(path)
    if (found.files.length === 0 && found.unreadable.length === 0) {
      throw new Error(
        [`No image found at ${printable(path)}.`, describeSkipped(found.skipped)].join(' ').trim(),
      )
    }
    for (const file of found.files) files.add(displayPath(file))
    for (const file of found.skipped) skipped.add(displayPath(file))
    for (const folder of found.unreadable) unreadable.set(resolve(folder.path), folder)
  }
  return {
    files: [...files],
    skipped: [...skipped].filter((file) => !files.has(file)),
    unreadable: [...unreadable.values()],
  }
}

/** Matches as a shell does: hidden files only with a pattern that begins with a dot. */
const globOptions = { expandDirectories: false }

async function expand(path: string): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], skipped: [], unreadable: [] }
  const at = await statOrNothing(path)
  if (at?.isFile()) found.files.push(path)
  else if (at?.isDirectory()) await search(path, found, new Set())
  else found.files.push(...(await glob(path, globOptions)).sort())
  return found
}

/**
 * Adds the files below a folder. Uses no glob, because the name of a folder may contain glob characters: `photos [2024]`.
 * @param searched the folders that have been searched, by device and inode
 */
async function search(folder: string, found: FoundFiles, searched: Set<string>): Promise<void> {
  const names = await readNames(folder, found, searched)
  const folders: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    const at = await statOrNothing(path)
    if (at?.isDirectory()) folders.push(path)
    // Hidden files, such as macOS's `._photo.jpg`, are not images.
    else if (basename(path).startsWith('.')) continue
    else if (at?.isFile() && extname(name).toLowerCase() in imageExtensions) found.files.push(path)
    else found.skipped.push(path)
  }
  for (const path of folders) await search(path, found, searched)
}

async function readNames(folder: string, found: FoundFiles, searched: Set<string>): Promise<string[]> {
  try {
    const { dev, ino } = await stat(folder)
    if (searched.has(`${dev}:${ino}`)) return []
    searched.add(`${dev}:${ino}`)
    return (await readdir(folder)).sort()
  } catch (error) {
    found.unreadable.push({ path: displayPath(folder), code: (error as NodeJS.ErrnoException).code ?? '' })
    return []
  }
}

const displayPath = (path: string): string => relative('.', resolve(path)) || '.'

/** Undefined for a missing file and for a broken link. */
function statOrNothing(path: string) {
  return stat(path).catch(() => undefined)
}
