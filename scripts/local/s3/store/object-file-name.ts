import { createHash } from 'node:crypto'

const suffix = '.object'
const maxNameLength = 180

/*
 * A key becomes the name of one file in its bucket's directory. Every byte but [a-z0-9._-] is written as %xx in lower
 * case: no separator survives, so no key can leave the directory, and keys that differ only in case or in Unicode
 * form stay apart on every file system. A name that would be too long is cut, and the key's SHA-256 follows a `~`,
 * which no other name holds; such a key can only be read from the file's own metadata.
 */
export function objectFileName(key: string): string {
  const name = key.replace(/[^a-z0-9._-]/gu, escapeCharacter)
  if (name.length <= maxNameLength) return name + suffix
  return `${name.slice(0, 100)}~${createHash('sha256').update(key).digest('hex')}${suffix}`
}

/** False for foreign files such as `.DS_Store`. */
export function isObjectFileName(name: string): boolean {
  return name.endsWith(suffix)
}

/** The key of a file name, or undefined if the name was shortened. */
export function keyOfFileName(name: string): string | undefined {
  return name.includes('~') ? undefined : decodeURIComponent(name.slice(0, -suffix.length))
}

function escapeCharacter(character: string): string {
  return Buffer.from(character).toString('hex').replace(/../g, '%$&')
}
