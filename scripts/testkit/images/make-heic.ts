import {
  box,
  ispe,
  uint32,
  type WrittenFile,
  type WrittenItem,
  writeHeif,
} from '../../../processor/imaging/heif/write-heif.ts'

/** Builds HEIC files, including some that no encoder writes. */
export function makeHeic(file: Omit<WrittenFile, 'brands'> & { brands?: string[] }): Buffer {
  return writeHeif({ brands: ['heic', 'mif1'], ...file })
}

/** Quarter turns anti-clockwise. */
export const irot = (quarters: number) => box('irot', Buffer.from([quarters]))
/** Mirror axis: 0 swaps top and bottom, 1 left and right. */
export const imir = (axis: number) => box('imir', Buffer.from([axis]))

/** The data of a `grid` item. */
export function gridOf(columns: number, rows: number, width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), uint32(width), uint32(height)])
}

/** The data of an `Exif` item. @param tiff a TIFF structure, without `Exif\0\0` */
export const exifItem = (tiff: Buffer) => Buffer.concat([uint32(6), Buffer.from('Exif\0\0', 'latin1'), tiff])

/** The `hvcC` box and the HEVC data of a `heif-enc` file with one image and no metadata. */
export function takeApart(file: Buffer): { hvcC: Buffer; data: Buffer } {
  const configAt = file.indexOf('hvcC') - 4
  const dataAt = file.indexOf('mdat') + 4
  const hvcC = file.subarray(configAt, configAt + file.readUInt32BE(configAt))
  return { hvcC, data: file.subarray(dataAt, dataAt - 8 + file.readUInt32BE(dataAt - 8)) }
}

/** A grid of equal tiles as the primary image. @param tile a `heif-enc` file with one image of `side` × `side` pixels */
export function makeGrid(
  tiles: Buffer[],
  side: number,
  columns: number,
  size: { width: number; height: number },
) {
  const { width, height } = size
  const items = tiles.map((tile, index): WrittenItem => {
    const { hvcC, data } = takeApart(tile)
    return { id: index + 2, type: 'hvc1', data, properties: [ispe(side, side), hvcC] }
  })
  const data = gridOf(columns, tiles.length / columns, width, height)
  return makeHeic({
    items: [{ id: 1, type: 'grid', data, properties: [ispe(width, height)] }, ...items],
    references: [{ type: 'dimg', from: 1, to: items.map(({ id }) => id) }],
    primary: 1,
  })
}
