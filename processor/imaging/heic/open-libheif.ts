import { createRequire } from 'node:module'

type Pointer = number

/**
 * The part of libheif's C interface that is used, as compiled to WebAssembly: 32-bit pointers, and a function that returns a
 * structure takes the address for it as its first argument. Source: `libheif/api/libheif/*.h` of libheif 1.23.
 */
export interface Libheif {
  /** The memory; another object after every allocation that enlarges it. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>
  _malloc(bytes: number): Pointer
  _heif_context_alloc(): Pointer
  _heif_context_get_security_limits(context: Pointer): Pointer
  _heif_context_read_from_memory_without_copy(
    error: Pointer,
    context: Pointer,
    bytes: Pointer,
    length: number,
    options: Pointer,
  ): void
  _heif_context_get_primary_image_handle(error: Pointer, context: Pointer, handle: Pointer): void
  _heif_image_handle_get_width(handle: Pointer): number
  _heif_image_handle_get_height(handle: Pointer): number
  _heif_image_handle_has_alpha_channel(handle: Pointer): number
  _heif_image_handle_is_premultiplied_alpha(handle: Pointer): number
  _heif_image_handle_get_luma_bits_per_pixel(handle: Pointer): number
  _heif_image_handle_get_preferred_decoding_colorspace(
    error: Pointer,
    handle: Pointer,
    colorspace: Pointer,
    chroma: Pointer,
  ): void
  _heif_image_handle_get_raw_color_profile_size(handle: Pointer): number
  _heif_image_handle_get_raw_color_profile(error: Pointer, handle: Pointer, data: Pointer): void
  _heif_image_handle_get_nclx_color_profile(error: Pointer, handle: Pointer, profile: Pointer): void
  _heif_image_handle_get_list_of_metadata_block_IDs(
    handle: Pointer,
    type: Pointer,
    ids: Pointer,
    max: number,
  ): number
  _heif_image_handle_get_metadata_size(handle: Pointer, id: number): number
  _heif_image_handle_get_metadata(error: Pointer, handle: Pointer, id: number, data: Pointer): void
  _heif_decoding_options_alloc(): Pointer
  _heif_decode_image(
    error: Pointer,
    handle: Pointer,
    image: Pointer,
    colorspace: number,
    chroma: number,
    options: Pointer,
  ): void
  _heif_image_get_decoding_warnings(image: Pointer, first: number, errors: Pointer, max: number): number
  _heif_image_get_width(image: Pointer, channel: number): number
  _heif_image_get_height(image: Pointer, channel: number): number
  _heif_image_get_bits_per_pixel_range(image: Pointer, channel: number): number
  _heif_image_get_plane_readonly(image: Pointer, channel: number, stride: Pointer): Pointer
}

const requireCommonJs = createRequire(import.meta.url)

/** The library's two files. They stay outside the bundle, so that operators can replace them, as the LGPL requires. */
const scriptFile = 'libheif-js/libheif-wasm/libheif.js'
export const findWasmFile = () => requireCommonJs.resolve('libheif-js/libheif-wasm/libheif.wasm')

/**
 * Starts the library with separate memory of at most `maxBytes`.
 * @returns also whether it failed because it needed more
 */
export function openLibheif(wasm: WebAssembly.Module, maxBytes: number) {
  const memoryLimit = { exceeded: false }

  function instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => unknown,
  ): unknown {
    const instance = new WebAssembly.Instance(wasm, imports)
    const memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)
    if (!memory) throw new Error('libheif.wasm exports no memory')
    const grow = memory.grow.bind(memory)
    memory.grow = (pages) => {
      memoryLimit.exceeded = memory.buffer.byteLength + pages * wasmPageBytes > maxBytes
      // The library treats any exception as a failed allocation and aborts.
      if (memoryLimit.exceeded) throw new RangeError(`libheif may have at most ${maxBytes} bytes`)
      return grow(pages)
    }
    return receive(instance)
  }

  const create: (options: object) => Libheif = requireCommonJs(scriptFile)
  const libheif = create({ instantiateWasm, print: ignore, printErr: ignore })
  return { libheif, memoryLimit }
}

const wasmPageBytes = 65_536
const ignore = () => {}
