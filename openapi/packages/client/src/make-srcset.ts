import { selectVariants } from './select-variants.ts'
import type { Image } from './types.ts'

/**
 * The `srcset` of an image, narrowest variant first: `https://…/hero-320.webp?… 320w, https://…/hero-640.webp?… 640w`.
 *
 *     img.srcset = makeSrcset(image, 'hero')
 *     img.sizes = '(max-width: 640px) 100vw, 640px'
 *
 * @param set a set of widths in the table of variants. Without it: all variants that show the whole image
 * @returns an empty string if the image is not ready or has no such variants
 */
export function makeSrcset(image: Pick<Image, 'variants' | 'width' | 'height'>, set?: string): string {
  return selectVariants(image, set)
    .map(({ url, width }) => `${url} ${width}w`)
    .join(', ')
}
