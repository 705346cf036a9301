/** In characters (code points), as JSON Schema counts them. */
const maxLength = 255

/** Cuts a file name to the length that the gateway accepts, without splitting a character such as an emoji. */
export function cutFileName(name: string): string {
  return Array.from(name).slice(0, maxLength).join('')
}
