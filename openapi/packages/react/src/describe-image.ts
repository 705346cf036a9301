import { type Image, makeSrcset, selectVariants } from '@hashgate/client'

interface DescribeOptions {
  /** A set of widths, or one variant. By default all variants that show the whole image. */
  variant?: string
  /** CSS pixels on the page. If only one side is given, the other keeps the proportions. */
  width?: number
  height?: number
  sizes?: string
}

interface ImageAttributes {
  src?: string
  srcSet?: string
  sizes?: string
  width?: number
  height?: number
}

/** The attributes of the `<img>` that shows an image. Those that are unknown until it is ready are undefined. */
export function describeImage(
  image: Image | undefined,
  { variant, width, height, sizes }: DescribeOptions,
): ImageAttributes {
  const variants = image ? selectVariants(image, variant) : []
  const largest = variants.at(-1)
  const size = fitSize(largest, width, height)
  if (!image || !largest) return size
  const { width: shown = largest.width } = size
  const { url } = variants.find((candidate) => candidate.width >= shown) ?? largest
  if (variants.length === 1) return { ...size, src: url }
  return {
    ...size,
    src: url,
    srcSet: makeSrcset(image, variant),
    sizes: sizes ?? `(max-width: ${shown}px) 100vw, ${shown}px`,
  }
}

interface Size {
  width: number
  height: number
}

function fitSize(natural: Size | undefined, width?: number, height?: number): Partial<Size> {
  if (!natural || (width !== undefined && height !== undefined)) return { width, height }
  const ratio = natural.width / natural.height
  if (width !== undefined) return { width, height: Math.round(width / ratio) }
  if (height !== undefined) return { width: Math.round(height * ratio), height }
  return { width: natural.width, height: natural.height }
}
