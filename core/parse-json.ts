/** Documents that the services read have at most six levels. */
export const maxJsonDepth = 32

/** The text may be valid JSON, but it is nested too deeply to be read. */
export class JsonTooDeep extends SyntaxError {
  /** Fastify answers with this status. */
  readonly statusCode = 400

  constructor() {
    super(`JSON is nested deeper than ${maxJsonDepth} levels`)
    this.name = 'JsonTooDeep'
  }
}

/**
 * Parses JSON that another party wrote. `JSON.parse` accepts any depth, but validators, `JSON.stringify` and `String` are recursive
 * and overflow the stack after a few thousand levels.
 * @throws SyntaxError, which is a JsonTooDeep when the text is nested deeper than 32 levels
 */
export function parseJson(text: string): unknown {
  assertShallow(text)
  return JSON.parse(text)
}

const quote = 0x22
const backslash = 0x5c

/** Brackets inside strings do not count. @throws JsonTooDeep when arrays and objects are nested deeper than 32 levels */
export function assertShallow(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    // With the bit 0x20 set, `[` becomes `{` and `]` becomes `}`.
    else if ((code | 0x20) === 0x7b) {
      depth += 1
      if (depth > maxJsonDepth) throw new JsonTooDeep()
    } else if ((code | 0x20) === 0x7d) depth -= 1
  }
}

/** The position of the quote that ends the string that starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1
    if (escapes % 2 === 0) return end
  }
  return text.length
}
