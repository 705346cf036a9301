import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { printable } from './terminal/printable.ts'

/**
 * Reads an API key or token from a file, or from stdin if the path is `-`.
 * @throws Error when the file cannot be read or does not contain exactly one key
 */
export async function readKeyFile(path: string): Promise<string> {
  const name = path === '-' ? 'stdin' : printable(path)
  const content = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8')).catch((cause) => {
    throw new Error(`The key cannot be read from ${name} (${cause.code}).`, { cause })
  })
  const key = content.trim()
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new Error(`${name} must contain one API key or token and nothing else.`)
  return key
}
