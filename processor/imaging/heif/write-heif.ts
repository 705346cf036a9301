/** Writes AVIF and HEIC files box by box. Source: ISO/IEC 14496-12 and 23008-12. */

export interface WrittenItem {
  id: number
  /** `av01`, `hvc1`, `grid`, `iden`, `Exif`. */
  type: string
  data: Buffer
  /** Zero-terminated name, followed by the zero-terminated media type for a `mime` item. */
  name?: string
  /** Boxes such as `ispe`, in the order in which they apply. */
  properties?: Buffer[]
}

interface WrittenReference {
  /** `dimg`: `from` is made of `to`. `cdsc`: `from` describes `to`. `auxl`: `from` is the alpha of `to`. */
  type: string
  from: number
  to: number[]
}

export interface WrittenFile {
  /** The first is the major brand. */
  brands: string[]
  items: WrittenItem[]
  references?: WrittenReference[]
  primary: number
}

export function writeHeif({ brands, items, references = [], primary }: WrittenFile): Buffer {
  const ftyp = box('ftyp', Buffer.from(`${brands[0]}\0\0\0\0${brands.join('')}`, 'latin1'))
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

/** A box of version 0 without flags. */
export const fullBox = (type: string, ...content: Buffer[]) => box(type, uint32(0), ...content)

/** The size of an image before `irot` and `imir`, in pixels. */
export const ispe = (width: number, height: number) => fullBox('ispe', uint32(width), uint32(height))

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function describe({ id, type, name = '\0' }: WrittenItem): Buffer {
  return box('infe', uint32(0x02000000), uint16(id), uint16(0), Buffer.from(`${type}${name}`, 'latin1'))
}

function refer({ type, from, to }: WrittenReference): Buffer {
  return box(type, uint16(from), uint16(to.length), ...to.map(uint16))
}

function locate(items: WrittenItem[], dataAt: number): Buffer {
  let at = dataAt
  const extents = items.map(({ id, data }) => {
    const extent = Buffer.concat([uint16(id), uint16(0), uint16(1), uint32(at), uint32(data.length)])
    at += data.length
    return extent
  })
  return fullBox('iloc', Buffer.from([0x44, 0]), uint16(items.length), ...extents)
}

/** Items with the same properties share them, because an index has seven bits. */
function shareProperties(items: WrittenItem[]): Buffer[] {
  const all = items.flatMap(({ properties = [] }) => properties)
  return all.filter((property, index) => all.findIndex((other) => other.equals(property)) === index)
}

function associate(items: WrittenItem[], shared: Buffer[]): Buffer {
  const entries = items.map(({ id, properties = [] }) => {
    const indexes = properties.map((property) => shared.findIndex((other) => other.equals(property)) + 1)
    return Buffer.concat([uint16(id), Buffer.from([indexes.length, ...indexes])])
  })
  return fullBox('ipma', uint32(items.length), ...entries)
}
