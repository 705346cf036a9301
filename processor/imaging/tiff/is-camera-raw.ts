import { readFirstDirectory } from './read-directories.ts'
import { tags } from './tags.ts'

const reducedImage = 1
const colorFilterArray = 32_803

/**
 * Whether a TIFF is a camera raw file (DNG, NEF, ARW and others): its first page is only a preview of the sensor data in a
 * sub-directory, or not an image at all.
 * @param bytes the whole file, because programs write the first directory at its start or its end
 */
export function isCameraRaw(bytes: Buffer): boolean {
  const directory = readFirstDirectory(bytes)
  const first = (tag: number) => directory.get(tag)?.[0]
  const isPreview = first(tags.newSubfileType) === reducedImage && directory.has(tags.subDirectories)
  return isPreview || directory.has(tags.dngVersion) || first(tags.photometric) === colorFilterArray
}
