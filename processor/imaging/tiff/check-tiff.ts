import { Rejection } from '../../../core/errors.ts'
import type { TiffDirectory } from './read-directories.ts'
import { tags } from './tags.ts'

const names = {
  compression: new Map([
    [6, 'old-style JPEG'],
    [9, 'JBIG'],
    [10, 'JBIG'],
    [32_909, 'PixarLog'],
    [33_003, 'JPEG 2000'],
    [33_004, 'JPEG 2000'],
    [33_005, 'JPEG 2000'],
    [34_661, 'JBIG'],
    [34_676, 'LogLuv'],
    [34_677, 'LogLuv'],
    [34_712, 'JPEG 2000'],
    [34_887, 'LERC'],
    [34_892, 'lossy DNG JPEG'],
    [34_925, 'LZMA'],
    [34_926, 'Zstandard'],
    [50_000, 'Zstandard'],
    [50_002, 'JPEG XL'],
  ]),
  photometric: new Map([
    [4, 'a transparency mask'],
    [8, 'CIELab'],
    [9, 'ICCLab'],
    [10, 'ITULab'],
    [32_844, 'LogL'],
    [32_845, 'LogLuv'],
  ]),
}

/** The colour models that libvips reads, as TIFF numbers them. */
const photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, separated: 5, yCbCr: 6 }
const jpegCompression = 7

/** Compressions that the bundled libtiff decodes: none, CCITT, LZW, JPEG, Deflate, NeXT, PackBits, ThunderScan, WebP. */
const compressions = [1, 2, 3, 4, 5, jpegCompression, 8, 32_766, 32_771, 32_773, 32_809, 32_946, 50_001]

const exportIt = 'Export the image as JPEG or PNG, or as a TIFF'
const plainColors = 'in RGB with 8 or 16 bits per channel'

/**
 * Rejects a page whose kind of pixels the decoder cannot read or, worse, reads wrongly. A tag that is absent or lies behind the
 * end of the file is left to the decoder. Measured with libvips 8.18 and libtiff 4.7; the kinds are in libvips' `tiff2vips.c`.
 * @throws Rejection `pixel_format_unsupported`
 */
export function checkTiff(page: TiffDirectory): void {
  const finding = findUnsupported(page)
  if (finding) throw new Rejection('pixel_format_unsupported', `The TIFF ${finding}.`)
}

function findUnsupported(page: TiffDirectory): string | undefined {
  const [compression = 1] = page.get(tags.compression) ?? []
  if (!compressions.includes(compression)) {
    const name = names.compression.get(compression) ?? `method ${compression}`
    return `is compressed with ${name}, which is not accepted. ${exportIt} with LZW or ZIP compression`
  }
  return findUnsupportedColors(page, compression) ?? findUnsupportedBits(page) ?? findUnsupportedPlanes(page)
}

function findUnsupportedColors(page: TiffDirectory, compression: number): string | undefined {
  const [model] = page.get(tags.photometric) ?? []
  if (model === undefined) return undefined
  const [across = 2, down = 2] = page.get(tags.chromaSubsampling) ?? []
  // libvips hands subsampled pixels to libtiff, which converts them, but takes others for RGB.
  const isTakenForRgb = model === photometric.yCbCr && compression !== jpegCompression && across * down === 1
  if (!isTakenForRgb && Object.values(photometric).includes(model)) return undefined
  const name = isTakenForRgb ? 'YCbCr' : (names.photometric.get(model) ?? `colour model ${model}`)
  return `stores its pixels as ${name}, which is not accepted. ${exportIt} ${plainColors}`
}

function findUnsupportedBits(page: TiffDirectory): string | undefined {
  const [model = photometric.rgb] = page.get(tags.photometric) ?? []
  const bits = page.get(tags.bitsPerSample) ?? []
  if (bits.includes(0)) return undefined
  const canBePacked =
    model === photometric.palette || model === photometric.blackIsZero || model === photometric.whiteIsZero
  const accepted = channelsOf(page) === 1 && canBePacked ? [1, 2, 4, 8, 16, 32] : [8, 16, 32]
  const unequal = bits.some((others) => others !== bits[0])
  if (!unequal && bits.every((count) => accepted.includes(count))) return undefined
  const found = unequal ? bits.join(', ') : bits[0]
  return `has a bit depth of ${found} per channel, which is not accepted. ${exportIt} with 8 or 16 bits per channel`
}

/** Channels stored one after the other. libvips reads them from strips but not from tiles, and only if it does not convert pixels. */
function findUnsupportedPlanes(page: TiffDirectory): string | undefined {
  const [model] = page.get(tags.photometric) ?? []
  const isPlanar = page.get(tags.planarConfiguration)?.[0] === 2
  const canInterleave = model === photometric.rgb || model === photometric.separated || channelsOf(page) === 1
  if (!isPlanar || (canInterleave && !page.has(tags.tileWidth))) return undefined
  return `stores each channel separately (planar), which is not accepted. ${exportIt} with interleaved channels`
}

function channelsOf(page: TiffDirectory): number {
  return page.get(tags.samplesPerPixel)?.[0] ?? 1
}
