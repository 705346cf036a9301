import { type Box, createReader, findBox, readBoxes, readFileBoxes } from './read-boxes.ts'

/** An item of an AVIF or HEIC file: an image, a tile of one, or its alpha. */
export interface HeifItem {
  id: number
  /** `av01`, `hvc1`, `grid`, … */
  type: string
  /** Properties such as `colr`, `av1C` and `auxC`. */
  properties: Box[]
}

/** The items of an AVIF or HEIC file and how they refer to each other. */
export interface HeifItems {
  primary: HeifItem
  /** The items that `from` refers to, such as the tiles of a grid (`dimg`). */
  refersTo(type: string, from: HeifItem): HeifItem[]
  /** The items that refer to `to`, such as its alpha (`auxl`). */
  referringTo(type: string, to: HeifItem): HeifItem[]
  /** The first bytes of an item's data: at most 4 KiB, and none if the file stores them elsewhere. */
  readHead(item: HeifItem): Buffer
}

const headBytes = 4096

/** Real ones have less than 100 kB; a larger one is not worth the memory. */
const maxMetaBytes = 1 << 20

/**
 * Reads the `meta` box, or returns undefined if there is none with a primary item.
 * Source: ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 9.3.
 * @throws RangeError when a box is shorter than its declared size
 */
export function readHeifItems(bytes: Buffer): HeifItems | undefined {
  const meta = findBox(readFileBoxes(bytes), 'meta')
  if (!meta || meta.length > maxMetaBytes) return undefined
  const boxes = readBoxes(meta.subarray(4))
  const items = readItems(boxes)
  const primary = items.get(readPrimaryId(boxes))
  if (!primary) return undefined
  const references = readReferences(findBox(boxes, 'iref'))
  const pick = (ids: number[]) => ids.flatMap((id) => items.get(id) ?? [])
  return {
    primary,
    refersTo: (type, { id }) =>
      pick(references.flatMap((one) => (one.type === type && one.from === id ? one.to : []))),
    referringTo: (type, { id }) =>
      pick(references.flatMap((one) => (one.type === type && one.to.includes(id) ? [one.from] : []))),
    readHead: ({ id }) => readItemHead(id, bytes, boxes),
  }
}

function readPrimaryId(boxes: readonly Box[]): number {
  const reader = createReader(findBox(boxes, 'pitm') ?? Buffer.alloc(6))
  const version = reader.uint(1)
  reader.skip(3)
  return reader.uint(version === 0 ? 2 : 4)
}

function readItems(boxes: readonly Box[]): Map<number, HeifItem> {
  const info = findBox(boxes, 'iinf')
  if (!info) return new Map()
  const properties = readProperties(findBox(boxes, 'iprp'))
  const entries = readBoxes(info.subarray(info.readUInt8(0) === 0 ? 6 : 8))
  const items = entries.filter(({ type }) => type === 'infe').map(({ data }) => readItem(data, properties))
  return new Map(items.map((item) => [item.id, item]))
}

function readItem(infe: Buffer, properties: Map<number, Box[]>): HeifItem {
  const reader = createReader(infe)
  const idBytes = reader.uint(1) === 3 ? 4 : 2
  reader.skip(3)
  const id = reader.uint(idBytes)
  const typeAt = reader.position() + 2
  return { id, type: infe.toString('latin1', typeAt, typeAt + 4), properties: properties.get(id) ?? [] }
}

function readProperties(iprp: Buffer | undefined): Map<number, Box[]> {
  const found = new Map<number, Box[]>()
  if (!iprp) return found
  const boxes = readBoxes(iprp)
  const all = readBoxes(findBox(boxes, 'ipco') ?? Buffer.alloc(0))
  for (const { data } of boxes.filter(({ type }) => type === 'ipma')) {
    const reader = createReader(data)
    const idBytes = reader.uint(1) === 0 ? 2 : 4
    reader.skip(2)
    const indexBytes = reader.uint(1) & 1 ? 2 : 1
    for (let left = reader.uint(4); left > 0; left--) {
      const id = reader.uint(idBytes)
      const associated = found.get(id) ?? []
      for (let count = reader.uint(1); count > 0; count--) {
        const index = reader.uint(indexBytes) & (indexBytes === 2 ? 0x7fff : 0x7f)
        associated.push(...all.slice(index - 1, index))
      }
      found.set(id, associated)
    }
  }
  return found
}

function readReferences(iref: Buffer | undefined): { type: string; from: number; to: number[] }[] {
  if (!iref) return []
  const idBytes = iref.readUInt8(0) === 0 ? 2 : 4
  return readBoxes(iref.subarray(4)).map(({ type, data }) => {
    const reader = createReader(data)
    const from = reader.uint(idBytes)
    const to = Array.from({ length: reader.uint(2) }, () => reader.uint(idBytes))
    return { type, from, to }
  })
}

function readItemHead(wanted: number, bytes: Buffer, boxes: readonly Box[]): Buffer {
  const none = Buffer.alloc(0)
  const iloc = findBox(boxes, 'iloc')
  if (!iloc) return none
  const reader = createReader(iloc)
  const version = reader.uint(1)
  reader.skip(3)
  const sizes = reader.uint(2)
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexBytes = version === 0 ? 0 : sizes & 15
  const idBytes = version < 2 ? 2 : 4
  for (let left = reader.uint(idBytes); left > 0; left--) {
    const id = reader.uint(idBytes)
    const method = version === 0 ? 0 : reader.uint(2) & 15
    reader.skip(2)
    const base = reader.uint(baseBytes)
    const extents = reader.uint(2)
    if (id !== wanted) {
      reader.skip(extents * (indexBytes + offsetBytes + lengthBytes))
      continue
    }
    if (extents === 0 || method > 1) return none
    reader.skip(indexBytes)
    const offset = base + reader.uint(offsetBytes)
    const length = reader.uint(lengthBytes) || headBytes
    const from = method === 0 ? bytes : (findBox(boxes, 'idat') ?? none)
    return from.subarray(offset, offset + Math.min(length, headBytes))
  }
  return none
}
