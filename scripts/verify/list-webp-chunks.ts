/** The names of the chunks of a WebP file, such as `VP8 ` and `EXIF`; none when it is not one. Source: WebP container specification. */
export function listWebpChunks(bytes: Buffer): string[] {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return []
  const names: string[] = []
  for (let at = 12; at + 8 <= bytes.length; ) {
    names.push(bytes.toString('latin1', at, at + 4))
    const length = bytes.readUInt32LE(at + 4)
    at += 8 + length + (length % 2)
  }
  return names
}
