interface Version {
  nowMs: number
  /** Hex digits of the content's hash. */
  hash: string
  /** The newest version so far. */
  newest?: string
}

/**
 * Names a version of a day's Parquet file after the time and the content, such as `20261129T120000000Z-02da34cf40021fe0`. It sorts after
 * the newest version, even one from a machine whose clock is ahead.
 */
export function nameVersion({ nowMs, hash, newest = '' }: Version): string {
  const newestMs = Date.parse(
    newest.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-.*$/, '$1-$2-$3T$4:$5:$6.$7Z'),
  )
  const timeMs = newestMs >= nowMs ? newestMs + 1 : nowMs
  return `${new Date(timeMs).toISOString().replace(/[-:.]/g, '')}-${hash}`
}
