import { readFile } from 'node:fs/promises'
import { ssim } from '@blazediff/ssim'
import sharp from 'sharp'
import type { VariantSpec } from '../../../core/images/variants.ts'

/** The similarity of an output to the ideal one. */
export interface Quality {
  /** Structural similarity, 1 at most. */
  ssim: number
  /** Peak signal-to-noise ratio in dB, over red, green and blue. */
  psnr: number
}

interface Pixels {
  data: Buffer
  width: number
  height: number
}

const channels = 4

/** The ideal variant: the original fully decoded, turned upright and resized once with the Lanczos kernel. */
export async function drawReference(photo: string, { width, height, fit }: VariantSpec): Promise<Pixels> {
  const whole = await sharp(await readFile(photo))
    .autoOrient()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  // From pixels, so that no part of the shrinking happens in the JPEG decoder.
  const { data, info } = await sharp(whole.data, { raw: whole.info })
    .resize({ width, height, fit, withoutEnlargement: true, kernel: 'lanczos3' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

export async function measureQuality(encoded: Buffer, { data, width, height }: Pixels): Promise<Quality> {
  const decoded = await sharp(encoded).ensureAlpha().raw().toBuffer()
  return {
    ssim: ssim(data, decoded, undefined, width, height),
    psnr: measurePsnr(data, decoded),
  }
}

function measurePsnr(ideal: Buffer, actual: Buffer): number {
  let squares = 0
  for (let at = 0; at < ideal.length; at++) squares += ((ideal[at] ?? 0) - (actual[at] ?? 0)) ** 2
  // Alpha is equal in both.
  const meanSquare = squares / ((ideal.length / channels) * (channels - 1))
  return 10 * Math.log10(255 ** 2 / meanSquare)
}
