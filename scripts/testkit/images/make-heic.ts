/** Builds HEIC files box by box, also such as no encoder writes. Source: ISO/IEC 14496-12 and 23008-12. */

export interface HeicItem {
  id: number
  /** `hvc1` (HEVC), `grid`, `iden`, `Exif`. */
  type: string
  data: Buffer
  /** With a zero at its end, and behind it the zero-terminated media type of a `mime` item. */
  name?: string
  /** Boxes such as `ispe`, in the order in which they apply. */
  properties?: Buffer[]
}

export interface HeicReference {
  /** `dimg`: `from` is made of `to`. `cdsc`: `from` describes `to`. */
  type: string
  from: number
  to: number[]
}

interface HeicFile {
  items: HeicItem[]
  references?: HeicReference[]
  primary: number
  brands?: string[]
}

export function makeHeic({ items, references = [], primary, brands = ['heic', 'mif1'] }: HeicFile): Buffer {
  const [major = 'heic'] = brands
  const ftyp = box('ftyp', Buffer.from(`${major}\0\0\0\0${brands.join('')}`, 'latin1'))
  const properties = shareProperties(items)
  const meta = (dataAt: number) =>
    fullBox(
      'meta',
      fullBox('hdlr', Buffer.from('\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')),
      fullBox('pitm', uint16(primary)),
      locate(items, dataAt),
      fullBox('iinf', uint16(items.length), ...items.map(describe)),
      references.length === 0 ? Buffer.alloc(0) : fullBox('iref', ...references.map(refer)),
      box('iprp', box('ipco', ...properties), associate(items, properties)),
    )
  const headerBytes = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(headerBytes), box('mdat', ...items.map(({ data }) => data))])
}

export function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([uint32(body.length + 8), Buffer.from(type, 'latin1'), body])
}

const fullBox = (type: string, ...content: Buffer[]) => box(type, uint32(0), ...content)

/** The size of an image before `irot` and `imir`. */
export const ispe = (width: number, height: number) => fullBox('ispe', uint32(width), uint32(height))
/** Turns anti-clockwise. */
export const irot = (quarters: number) => box('irot', Buffer.from([quarters]))
/** Mirrors: 0 swaps top and bottom, 1 left and right. */
export const imir = (axis: number) => box('imir', Buffer.from([axis]))

/** The data of a `grid` item. */
export function gridOf(columns: number, rows: number, width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), uint32(width), uint32(height)])
}

/** The data of an `Exif` item. @param tiff a TIFF structure, without `Exif\0\0` */
export const exifItem = (tiff: Buffer) => Buffer.concat([uint32(6), Buffer.from('Exif\0\0', 'latin1'), tiff])

/** The `hvcC` box and the HEVC data of a file of `heif-enc` with one image and no metadata. */
export function takeApart(file: Buffer): { hvcC: Buffer; data: Buffer } {
  const configAt = file.indexOf('hvcC') - 4
  const dataAt = file.indexOf('mdat') + 4
  const hvcC = file.subarray(configAt, configAt + file.readUInt32BE(configAt))
  return { hvcC, data: file.subarray(dataAt, dataAt - 8 + file.readUInt32BE(dataAt - 8)) }
}

function describe({ id, type, name = '\0' }: HeicItem): Buffer {
  return box('infe', uint32(0x02000000), uint16(id), uint16(0), Buffer.from(`${type}${name}`, 'latin1'))
}

function refer({ type, from, to }: HeicReference): Buffer {
  return box(type, uint16(from), uint16(to.length), ...to.map(uint16))
}

function locate(items: HeicItem[], dataAt: number): Buffer {
  let at = dataAt
  const extents = items.map(({ id, data }) => {
    const extent = Buffer.concat([uint16(id), uint16(0), uint16(1), uint32(at), uint32(data.length)])
    at += data.length
    return extent
  })
  return fullBox('iloc', Buffer.from([0x44, 0]), uint16(items.length), ...extents)
}

/** Items with the same properties share them, because an index has seven bits. */
function shareProperties(items: HeicItem[]): Buffer[] {
  const all = items.flatMap(({ properties = [] }) => properties)
  return all.filter((property, index) => all.findIndex((other) => other.equals(property)) === index)
}

function associate(items: HeicItem[], shared: Buffer[]): Buffer {
  const entries = items.map(({ id, properties = [] }) => {
    const indexes = properties.map((property) => shared.findIndex((other) => other.equals(property)) + 1)
    return Buffer.concat([uint16(id), Buffer.from([indexes.length, ...indexes])])
  })
  return fullBox('ipma', uint32(items.length), ...entries)
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A grid of equal tiles as the primary image. @param tile a file of `heif-enc` with one image of `side` × `side` pixels */
export function makeGrid(
  tiles: Buffer[],
  side: number,
  columns: number,
  size: { width: number; height: number },
) {
  const { width, height } = size
  const items = tiles.map((tile, index): HeicItem => {
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
