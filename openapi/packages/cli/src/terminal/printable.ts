/** Control characters, and the marks that change the direction of text. Terminals interpret them. */
const unsafe = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu

/** Escapes the characters of a file name that a terminal would interpret, as JSON does: `\u001b`. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** JSON on one line, safe to print: JSON.stringify escapes only some control characters. */
export function printableJson(value: unknown): string {
  return printable(JSON.stringify(value))
}
