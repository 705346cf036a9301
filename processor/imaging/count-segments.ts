/**
 * An upper bound of the application segments in a JPEG, counted up to `max + 1`. libvips keeps every segment, even empty ones: ten
 * million of four bytes take 3 GB. Their marker cannot occur in compressed pixels, but can by chance in other data.
 * Source: ITU-T T.81, B.1.1.
 */
export function countJpegSegments(bytes: Buffer, max: number): number {
  let segments = 0
  for (let at = 1; at < bytes.length && segments <= max; at++) {
    if (bytes[at - 1] === 0xff && ((bytes[at] ?? 0) & 0xf0) === 0xe0) segments++
  }
  return segments
}
