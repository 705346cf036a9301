/** A marker segment: 0xff, the marker, the length and the contents, of up to 65,533 bytes. Source: ITU-T T.81, B.1.1.4. */
export function makeSegment(marker: number, ...contents: (Buffer | string)[]): Buffer {
  const data = Buffer.concat(contents.map((part) => Buffer.from(part)))
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, data])
}
