import { Rejection } from '../core/errors.ts'
import { sharp } from './decoder.ts'
import { isMachinesFault } from './judge-decode-error.ts'

/** Dimensions as they will be seen (EXIF orientation applied), and pages, from the header alone. @throws Rejection */
export async function readHeader(bytes: Buffer): Promise<{ width: number; height: number; pages: number }> {
  const image = sharp(bytes, { failOn: 'none', limitInputPixels: false })
  try {
    const { autoOrient, pages = 1 } = await image.metadata()
    return { ...autoOrient, pages }
  } catch (error) {
    if (isMachinesFault(error)) throw error
    throw new Rejection('image_corrupt', undefined, error)
  }
}
