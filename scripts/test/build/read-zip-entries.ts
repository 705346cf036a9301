const endSignature = 0x06054b50
const endBytes = 22
const headBytes = 46

/** Reads the central directory of a zip in order. Source: PKWARE, ".ZIP File Format Specification", 4.3.12 and 4.3.16. */
export function readZipEntries(zip: Buffer): { path: string; mode: number }[] {
  const end = zip.length - endBytes
  if (zip.readUInt32LE(end) !== endSignature) throw new Error('expected a zip without a comment')
  const entries = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const pathEnd = at + headBytes + zip.readUInt16LE(at + 28)
    entries.push({
      path: zip.toString('utf8', at + headBytes, pathEnd),
      mode: zip.readUInt32LE(at + 38) >>> 16,
    })
    at = pathEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return entries
}
