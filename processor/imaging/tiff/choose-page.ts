import { findDirectories, readDirectory, type TiffDirectory } from './read-directories.ts'
import { tags } from './tags.ts'

/** The page of a TIFF that is shown. */
export interface TiffPage {
  /** Counted from 0. */
  page: number
  directory: TiffDirectory
}

/** Thumbnails and masks come in front of the image, if at all, and are few. */
const maxSkippedPages = 16

const reducedImageBit = 1
const maskBit = 4
const oldReducedImage = 2

/**
 * Chooses the first page that the file does not mark as a thumbnail or a mask, as the previews that scanners and cameras write in front
 * of the image are; the first page when all are marked. Sizes play no part: the first page of a document stays the first page.
 * Source: TIFF 6.0, section 8, NewSubfileType and SubfileType.
 */
export function choosePage(bytes: Buffer): TiffPage {
  let first: TiffPage | undefined
  let page = 0
  for (const at of findDirectories(bytes)) {
    const directory = readDirectory(bytes, at)
    first ??= { page, directory }
    if (!isAuxiliary(directory)) return { page, directory }
    if (++page > maxSkippedPages) break
  }
  return first ?? { page: 0, directory: new Map() }
}

function isAuxiliary(directory: TiffDirectory): boolean {
  const [flags = 0] = directory.get(tags.newSubfileType) ?? []
  const [oldType = 0] = directory.get(tags.subfileType) ?? []
  return (flags & (reducedImageBit | maskBit)) !== 0 || oldType === oldReducedImage
}
