/** Tags of the first directory. Sources: TIFF 6.0; DNG specification 1.7; TIFF/EP. */
const tags = { newSubfileType: 254, photometric: 262, subDirectories: 330, dngVersion: 50_706 }
const reducedImage = 1
const colorFilterArray = 32_803

/**
 * Whether a TIFF is a camera raw file (DNG, NEF, ARW and others): its first page is only a preview of the sensor data in a
 * sub-directory, or not an image at all.
 * @param bytes the whole file, because programs write the first directory at its start or its end
 */
export function isCameraRaw(bytes: Buffer): boolean {
  const values = readFirstDirectory(bytes)
  const isPreview = values.get(tags.newSubfileType) === reducedImage && values.has(tags.subDirectories)
  return isPreview || values.has(tags.dngVersion) || values.get(tags.photometric) === colorFilterArray
}

/** The tags with numeric values of at most 32 bits; for a list of shorts, its first. */
function readFirstDirectory(bytes: Buffer): Map<number, number> {
  const isLittle = bytes[0] === 0x49
  const read = (at: number, width: 2 | 4) => {
    if (at + width > bytes.length) return 0
    return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width)
  }
  const values = new Map<number, number>()
  const directory = read(4, 4)
  const entries = read(directory, 2)
  for (let at = directory + 2; at < directory + 2 + entries * 12 && at + 12 <= bytes.length; at += 12) {
    const isShort = read(at + 2, 2) === 3
    values.set(read(at, 2), read(at + 8, isShort ? 2 : 4))
  }
  return values
}
