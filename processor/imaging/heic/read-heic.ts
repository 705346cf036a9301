import type { Libheif } from './open-libheif.ts'

/** A structure `heif_error` that libheif returned. Source: `heif_error.h`. */
export interface LibheifError {
  code: number
  subcode: number
  message: string
}

/** The code points of an ISO/IEC 23091-2 colour description in an `nclx` box. */
export interface Nclx {
  primaries: number
  transfer: number
}

export type ChromaSubsampling = '4:0:0' | '4:2:0' | '4:2:2' | '4:4:4'

export interface HeicHeader {
  /** Size in pixels, after the crop, rotation and mirroring of the file's `clap`, `irot` and `imir` boxes. */
  width: number
  height: number
  /** Bits per channel, 8 to 16. */
  bits: number
  hasAlpha: boolean
  chromaSubsampling: ChromaSubsampling
  icc?: Uint8Array<ArrayBuffer>
  nclx?: Nclx
  /** Untrusted TIFF structure, or one behind `Exif\0\0`. */
  exif?: Uint8Array<ArrayBuffer>
}

export interface HeicPixels {
  width: number
  height: number
  channels: 3 | 4
  /** Rows of RGB or RGBA without padding; channels of more than 8 bits are stretched to 16, in the machine's byte order. */
  data: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>
}

/** The operator has replaced libheif by a release that does not fit. No file is at fault. */
export class UnsuitableLibheif extends Error {
  override readonly name = 'UnsuitableLibheif'
}

/** The library refused the file. */
export class LibheifFailure extends Error {
  override readonly name = 'LibheifFailure'
  readonly error: LibheifError

  constructor(error: LibheifError) {
    super(`libheif ${error.code}.${error.subcode}: ${error.message}`)
    this.error = error
  }
}

/** The largest profile and the longest EXIF that are read. Those of cameras have a few kilobytes. */
const maxProfileBytes = 1_000_000
const maxExifBytes = 1_000_000

const colorspaceRgb = 1
const channelInterleaved = 10
/** `heif_chroma_interleaved_…`: RGB, RGBA, RRGGBB_LE, RRGGBBAA_LE. */
const chroma = { 8: { 3: 10, 4: 11 }, 16: { 3: 14, 4: 15 } } as const

/** Reads the primary image of a file. The reader is used once and never freed, because its memory ends with its thread. */
export function openHeic(libheif: Libheif, bytes: Uint8Array) {
  const errorAt = libheif._malloc(12)
  const resultAt = libheif._malloc(4)
  const context = libheif._heif_context_alloc()
  const bytesAt = copyIn(bytes)
  check(() => libheif._heif_context_read_from_memory_without_copy(errorAt, context, bytesAt, bytes.length, 0))
  check(() => libheif._heif_context_get_primary_image_handle(errorAt, context, resultAt))
  const handle = readUint32(resultAt)

  function readUint32(at: number): number {
    return view().getUint32(at, true)
  }

  function view(): DataView {
    return new DataView(libheif.HEAPU8.buffer)
  }

  function copyIn(data: Uint8Array): number {
    const at = libheif._malloc(data.length)
    libheif.HEAPU8.set(data, at)
    return at
  }

  function copyOut(at: number, length: number): Uint8Array<ArrayBuffer> {
    return libheif.HEAPU8.slice(at, at + length)
  }

  /** Calls a function that writes a `heif_error`. @throws LibheifFailure */
  function check(call: () => void): void {
    call()
    const error = readError(errorAt)
    if (error.code !== 0) throw new LibheifFailure(error)
  }

  function readError(at: number): LibheifError {
    return { code: readUint32(at), subcode: readUint32(at + 4), message: readText(readUint32(at + 8)) }
  }

  function readText(at: number): string {
    const end = at === 0 ? 0 : libheif.HEAPU8.indexOf(0, at)
    return Buffer.from(libheif.HEAPU8.subarray(at, end)).toString('utf8')
  }

  function readHeader(): HeicHeader {
    return {
      width: libheif._heif_image_handle_get_width(handle),
      height: libheif._heif_image_handle_get_height(handle),
      bits: Math.max(8, libheif._heif_image_handle_get_luma_bits_per_pixel(handle)),
      hasAlpha: libheif._heif_image_handle_has_alpha_channel(handle) === 1,
      chromaSubsampling: readChroma(),
      icc: readProfile(),
      nclx: readNclx(),
      exif: readExif(),
    }
  }

  /** Values of `heif_chroma`. Undefined is treated like the format that needs most memory. */
  function readChroma(): ChromaSubsampling {
    const chromaAt = libheif._malloc(4)
    libheif._heif_image_handle_get_preferred_decoding_colorspace(errorAt, handle, resultAt, chromaAt)
    return (['4:0:0', '4:2:0', '4:2:2'] as const)[readUint32(chromaAt)] ?? '4:4:4'
  }

  function readProfile(): Uint8Array<ArrayBuffer> | undefined {
    const length = libheif._heif_image_handle_get_raw_color_profile_size(handle)
    if (length === 0 || length > maxProfileBytes) return undefined
    const at = libheif._malloc(length)
    check(() => libheif._heif_image_handle_get_raw_color_profile(errorAt, handle, at))
    return copyOut(at, length)
  }

  function readNclx(): Nclx | undefined {
    libheif._heif_image_handle_get_nclx_color_profile(errorAt, handle, resultAt)
    if (readUint32(errorAt) !== 0) return undefined
    const at = readUint32(resultAt)
    return { primaries: readUint32(at + 4), transfer: readUint32(at + 8) }
  }

  /** An `Exif` item starts with the distance from its fifth byte to the TIFF structure. Source: ISO/IEC 23008-12, A.2.1. */
  function readExif(): Uint8Array<ArrayBuffer> | undefined {
    const type = copyIn(Buffer.from('Exif\0'))
    if (libheif._heif_image_handle_get_list_of_metadata_block_IDs(handle, type, resultAt, 1) === 0)
      return undefined
    const id = readUint32(resultAt)
    const length = libheif._heif_image_handle_get_metadata_size(handle, id)
    if (length <= 4 || length > maxExifBytes) return undefined
    const at = libheif._malloc(length)
    libheif._heif_image_handle_get_metadata(errorAt, handle, id, at)
    if (readUint32(errorAt) !== 0) return undefined
    const skipped = view().getUint32(at, false)
    return skipped <= length - 4 ? copyOut(at + 4 + skipped, length - 4 - skipped) : undefined
  }

  function decode(): HeicPixels {
    const { bits, hasAlpha } = readHeader()
    const channels = hasAlpha ? 4 : 3
    const wanted = chroma[bits > 8 ? 16 : 8][channels]
    const options = createDecodingOptions()
    check(() => libheif._heif_decode_image(errorAt, handle, resultAt, colorspaceRgb, wanted, options))
    const image = readUint32(resultAt)
    refuseWarnings(image)
    const pixels = readPixels(image, channels)
    if (libheif._heif_image_handle_is_premultiplied_alpha(handle) === 1) unpremultiply(pixels)
    return pixels
  }

  /** Offsets in `heif_decoding_options`. Source: `heif_decoding.h`, version 10 of the structure. */
  function createDecodingOptions(): number {
    const options = libheif._heif_decoding_options_alloc()
    const version = libheif.HEAPU8[options] ?? 0
    if (version < 10)
      throw new UnsuitableLibheif(`its decoding options have version ${version}; version 10 is needed`)
    const autocorrectBrokenInput = 68
    const keepPrimariesAndTransfer = 69
    libheif.HEAPU8[options + autocorrectBrokenInput] = 1
    libheif.HEAPU8[options + keepPrimariesAndTransfer] = 1
    return options
  }

  /** libheif leaves tiles that it cannot decode black, and only warns. */
  function refuseWarnings(image: number): void {
    const max = 64
    const at = libheif._malloc(max * 12)
    const count = libheif._heif_image_get_decoding_warnings(image, 0, at, max)
    for (let index = 0; index < count; index++) {
      const warning = readError(at + index * 12)
      if (!harmlessWarnings.has(warning.subcode)) throw new LibheifFailure(warning)
    }
  }

  function readPixels(image: number, channels: 3 | 4): HeicPixels {
    const width = libheif._heif_image_get_width(image, channelInterleaved)
    const height = libheif._heif_image_get_height(image, channelInterleaved)
    const bits = libheif._heif_image_get_bits_per_pixel_range(image, channelInterleaved)
    const plane = libheif._heif_image_get_plane_readonly(image, channelInterleaved, resultAt)
    const stride = readUint32(resultAt)
    const rowBytes = width * channels * (bits > 8 ? 2 : 1)
    const rows = new Uint8Array(rowBytes * height)
    for (let y = 0; y < height; y++) {
      const at = plane + y * stride
      rows.set(libheif.HEAPU8.subarray(at, at + rowBytes), y * rowBytes)
    }
    const size = { width, height, channels }
    return { ...size, data: bits > 8 ? stretch(new Uint16Array(rows.buffer), bits) : rows }
  }

  return { readHeader, decode }
}

/** The colour description in the HEVC stream has reserved values; the one in the file counts. Source: `heif_error.h`. */
const harmlessWarnings = new Set([133, 134, 135])

/** Stretches channels of `bits` bits to 16. */
function stretch(channels: Uint16Array<ArrayBuffer>, bits: number): Uint16Array<ArrayBuffer> {
  const factor = 65_535 / (2 ** bits - 1)
  for (let at = 0; at < channels.length; at++) channels[at] = Math.round((channels[at] ?? 0) * factor)
  return channels
}

function unpremultiply({ data, channels }: HeicPixels): void {
  const max = data.BYTES_PER_ELEMENT === 1 ? 255 : 65_535
  for (let at = 0; at < data.length; at += channels) {
    const alpha = data[at + 3] ?? max
    if (alpha === 0 || alpha === max) continue
    for (let channel = at; channel < at + 3; channel++) {
      data[channel] = Math.min(max, Math.round(((data[channel] ?? 0) * max) / alpha))
    }
  }
}
