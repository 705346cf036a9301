export interface KeyPage {
  keys: string[]
  /** Keys under a delimiter, rolled up. */
  commonPrefixes: string[]
  /** The last key or common prefix of this page, if there is a next page. */
  next?: string
}

/** One page of a listing: sorted by UTF-8 bytes, keys and common prefixes counted together, as S3 does. */
export function pageKeys(
  keys: readonly string[],
  wanted: { prefix: string; delimiter: string; after: string; maxKeys: number },
): KeyPage {
  const page: KeyPage = { keys: [], commonPrefixes: [] }
  const after = Buffer.from(wanted.after)
  let last: string | undefined
  for (const key of sortByBytes(keys.filter((key) => key.startsWith(wanted.prefix)))) {
    const entry = rollUp(key, wanted)
    if (entry === last || Buffer.compare(Buffer.from(entry), after) <= 0) continue
    if (page.keys.length + page.commonPrefixes.length >= wanted.maxKeys) {
      page.next = last
      break
    }
    if (entry === key) page.keys.push(key)
    else page.commonPrefixes.push(entry)
    last = entry
  }
  return page
}

/** The key itself, or its part up to the first delimiter behind the prefix. */
function rollUp(key: string, { prefix, delimiter }: { prefix: string; delimiter: string }): string {
  const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1
  return at === -1 ? key : key.slice(0, at + delimiter.length)
}

/** JavaScript sorts strings by UTF-16 code units, which is a different order. */
function sortByBytes(keys: string[]): string[] {
  const pairs = keys.map((key) => ({ key, bytes: Buffer.from(key) }))
  return pairs.sort((left, right) => Buffer.compare(left.bytes, right.bytes)).map(({ key }) => key)
}
