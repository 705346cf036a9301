/**
 * How many application segments a JPEG may hold at most, counted no further than `max + 1`. libvips keeps each one, the
 * empty ones too: ten million of four bytes take 3 GB. In compressed pixels their mark cannot occur, in other data it can
 * by chance. Source: ITU-T T.81, B.1.1.
 */
export function countJpegSegments(bytes: Buffer, max: number): number {
  let segments = 0
  for (let at = 1; at < bytes.length && segments <= max; at++) {
    if (bytes[at - 1] === 0xff && ((bytes[at] ?? 0) & 0xf0) === 0xe0) segments++
  }
  return segments
}
