import type { Image } from './types.ts'

/**
 * The `srcset` of an image for a set of widths, narrowest first: `https://…/hero-320.webp?… 320w, https://…/hero-640.webp?… 640w`.
 *
 *     img.srcset = makeSrcset(image, 'hero')
 *     img.sizes = '(max-width: 640px) 100vw, 640px'
 *
 * @param set the name of the set in the table of variants; variants with another name are left out
 * @returns an empty string if the image is not ready or has no variants of this set
 */
export function makeSrcset({ variants = [] }: Pick<Image, 'variants'>, set: string): string {
  return variants
    .filter(({ name }) => name.startsWith(`${set}-`) && /^\d+$/.test(name.slice(set.length + 1)))
    .toSorted((a, b) => a.width - b.width)
    .map(({ url, width }) => `${url} ${width}w`)
    .join(', ')
}
