import { createHash } from 'node:crypto'

interface Version {
  nowMs: number
  /** The content of the file. */
  bytes: Buffer
  /** The newest version so far. */
  newest?: string
}

/**
 * Names a version of a day's Parquet file after the time and the content, such as `20261129T120000000Z-02da34cf40021fe0`. It sorts after
 * the newest version, even one from a machine whose clock is ahead.
 */
export function nameVersion({ nowMs, bytes, newest = '' }: Version): string {
  const newestMs = Date.parse(
    newest.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-.*$/, '$1-$2-$3T$4:$5:$6.$7Z'),
  )
  const timeMs = newestMs >= nowMs ? newestMs + 1 : nowMs
  return `${new Date(timeMs).toISOString().replace(/[-:.]/g, '')}-${hashOf(bytes)}`
}

/** Whether the version was named after this content. */
export const isNamedAfter = (version: string, bytes: Buffer): boolean =>
  version.endsWith(`Z-${hashOf(bytes)}`)

/** The first 64 bits of the SHA-256. */
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
