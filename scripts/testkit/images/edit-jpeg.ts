/** Inserts bytes before each marker of this code, or before the last one only. */
export function insertBefore(
  jpeg: Buffer,
  marker: number,
  bytes: Buffer,
  which: 'all' | 'last' = 'all',
): Buffer {
  const places = findMarkers(jpeg, marker)
  let edited = jpeg
  for (const at of (which === 'all' ? places : places.slice(-1)).toReversed()) {
    edited = Buffer.concat([edited.subarray(0, at), bytes, edited.subarray(at)])
  }
  return edited
}

/** Truncates the last scan of a JPEG to this share of its data and appends the end marker. */
export function cutLastScan(jpeg: Buffer, keptShare: number): Buffer {
  const from = findMarkers(jpeg, 0xda).at(-1) ?? 0
  const kept = from + Math.floor((jpeg.length - from) * keptShare)
  return Buffer.concat([jpeg.subarray(0, kept), endMarker])
}

export const endMarker = Buffer.from([0xff, 0xd9])

/** Offsets of markers with this code. In scan data, 0xff is followed by 0 or a restart marker. */
export function findMarkers(jpeg: Buffer, marker: number): number[] {
  const places: number[] = []
  const sought = Buffer.from([0xff, marker])
  for (let at = jpeg.indexOf(sought); at >= 0; at = jpeg.indexOf(sought, at + 2)) places.push(at)
  return places
}

/** Overwrites bytes at an offset after the last marker with this code. */
export function setBehind(jpeg: Buffer, marker: number, offset: number, values: number[]): Buffer {
  const edited = Buffer.from(jpeg)
  const at = findMarkers(jpeg, marker).at(-1)
  if (at === undefined) throw new Error(`no marker ${marker.toString(16)}`)
  edited.set(values, at + 2 + offset)
  return edited
}
