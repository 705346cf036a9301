/** One output of the processor. */
export interface VariantSpec {
  name: string
  /** Bounds in pixels. An image is never enlarged to meet them. */
  width: number
  height: number
  /** `cover` fills the box and crops the rest; `inside` keeps the whole image within the box. */
  fit: 'cover' | 'inside'
  /** WebP quality, 1 to 100. */
  quality: number
  /** How hard the encoder tries: 0 is fastest, 6 makes the smallest file. */
  effort: number
}

/**
 * What every accepted image is turned into. Most of the time goes into the larger two: at effort 2 they take less than half
 * of what 4 takes, sharp's own, and quality 79 gives back the bytes that this costs. The smallest can afford 4.
 * `npm run bench -- processor-quality` has the table.
 */
export const variants: readonly VariantSpec[] = [
  { name: 'thumb', width: 256, height: 256, fit: 'cover', quality: 80, effort: 4 },
  { name: 'medium', width: 1024, height: 1024, fit: 'inside', quality: 80, effort: 2 },
  { name: 'large', width: 2048, height: 2048, fit: 'inside', quality: 79, effort: 2 },
]

/** The accepted image types, by the name that `sharp` gives the format found in the bytes. */
export const acceptedFormats = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
} as const

export type AcceptedFormat = keyof typeof acceptedFormats
export type AcceptedContentType = (typeof acceptedFormats)[AcceptedFormat]
