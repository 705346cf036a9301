const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Formats a number of bytes: `0 B`, `522.4 kB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (unit < units.length - 1 && Number(value.toFixed(1)) >= 1000) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
