import { basename, extname } from 'node:path'
import { printable } from '../terminal/printable.ts'
import { imageFormats } from './image-extensions.ts'

/** Names shown for each kind of file. */
const maxNames = 3

/**
 * The message about files of a folder that are not uploaded: `Skipped 3 files that are not JPEG, …: 2 .mov (IMG_1.mov, IMG_2.mov), 1 .txt
 * (note.txt).` Empty if there are none.
 */
export function describeSkipped(paths: string[]): string {
  if (paths.length === 0) return ''
  const filesOf = new Map<string, string[]>()
  for (const path of paths) {
    const kind = extname(path).toLowerCase() || 'no extension'
    const files = filesOf.get(kind) ?? []
    filesOf.set(kind, files)
    files.push(path)
  }
  const kinds = [...filesOf].sort(([, a], [, b]) => b.length - a.length)
  const counts = kinds.map(([kind, names]) => `${names.length} ${printable(kind)} (${listNames(names)})`)
  const files = paths.length === 1 ? '1 file that is' : `${paths.length} files that are`
  return `Skipped ${files} not ${imageFormats}: ${counts.join(', ')}.`
}

function listNames(paths: string[]): string {
  const names = paths.slice(0, maxNames).map((path) => printable(basename(path)))
  return [...names, ...(paths.length > maxNames ? ['…'] : [])].join(', ')
}
