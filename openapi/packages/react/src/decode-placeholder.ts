import { thumbHashToDataURL } from 'thumbhash'

/** The header of a ThumbHash. */
const minBytes = 5

/**
 * A ThumbHash as the data URL of a small PNG. It needs no DOM, so servers can render it.
 *
 * @param placeholder base64, as in the record of an image
 * @returns undefined without a placeholder, or if it is not a ThumbHash
 */
export function decodePlaceholder(placeholder: string | undefined): string | undefined {
  if (!placeholder) return undefined
  try {
    const hash = Uint8Array.from(atob(placeholder), (char) => char.charCodeAt(0))
    return hash.length < minBytes ? undefined : thumbHashToDataURL(hash)
  } catch {
    return undefined
  }
}
