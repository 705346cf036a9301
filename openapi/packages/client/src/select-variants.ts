import type { Image, Variant } from './types.ts'

type Picture = Pick<Image, 'variants' | 'width' | 'height'>

/**
 * The variants of an image that a browser may choose between, narrowest first and each width once.
 *
 * @param name a set of widths (`hero` for `hero-320`, `hero-640` and so on), or one variant. Without it: all variants that show the whole
 *   image, in the format of the largest
 * @returns an empty list if the image is not ready or has no such variants
 */
export function selectVariants(picture: Picture, name?: string): Variant[] {
  const chosen = name === undefined ? selectWhole(picture) : selectNamed(picture, name)
  const sorted = chosen.toSorted((a, b) => a.width - b.width)
  return sorted.filter(({ width }, index) => width !== sorted[index - 1]?.width)
}

function selectNamed({ variants = [] }: Picture, name: string): Variant[] {
  const isOfSet = (candidate: string) =>
    candidate.startsWith(`${name}-`) && /^\d+$/.test(candidate.slice(name.length + 1))
  const set = variants.filter((variant) => isOfSet(variant.name))
  return set.length > 0 ? set : variants.filter((variant) => variant.name === name)
}

/** A browser must not switch between different crops or formats, or between a still image and an animation. */
function selectWhole({ variants = [], width, height }: Picture): Variant[] {
  const bySize = variants.toSorted((a, b) => b.width - a.width)
  const isWhole = (variant: Variant) => width && height && hasShape(variant, { width, height })
  const largest = bySize.find(isWhole) ?? bySize[0]
  if (!largest) return []
  return variants.filter(
    (variant) =>
      hasShape(variant, largest) &&
      variant.contentType === largest.contentType &&
      (variant.pages ?? 1) === (largest.pages ?? 1),
  )
}

/** Whether a variant has the shape of a larger one, apart from rounding to whole pixels. */
function hasShape(variant: Variant, { width, height }: { width: number; height: number }): boolean {
  return Math.abs((variant.width * height) / width - variant.height) <= 1
}
