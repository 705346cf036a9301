import { type Static, Type } from 'typebox'

/** Part of object keys and of URLs: safe in both, and in a file name. */
const variantNamePattern = '^[a-z0-9][a-z0-9-]{0,31}$'
/** Bounds that every encoder can write, and whose frame fits into memory: 8192 × 8192 × 4 bytes are 268 MB. */
const bound = Type.Integer({ minimum: 1, maximum: 8192 })
/** Width × height of an AVIF: its encoder takes 35 bytes for each pixel, and 49 with alpha. */
export const maxAvifPixels = 4096 * 4096

/** One output of the processor; only its name and its bounds must be said. */
export const VariantSpec = Type.Object(
  {
    name: Type.String({ pattern: variantNamePattern }),
    /** Bounds in pixels. An image is never enlarged to meet them. */
    width: bound,
    height: bound,
    /** `cover` fills the box and crops the rest; `inside` keeps the whole image within the box. */
    fit: Type.Enum(['cover', 'inside'], { default: 'inside' }),
    /** `same`: the original's own, but PNG for a TIFF, which browsers do not show. */
    format: Type.Enum(['webp', 'avif', 'jpeg', 'png', 'same'], { default: 'webp' }),
    /** Of WebP, AVIF and JPEG, 1 to 100. PNG and GIF lose nothing by it. */
    quality: Type.Integer({ minimum: 1, maximum: 100, default: 80 }),
    /** How hard the encoder tries: 0 is fastest, 6 makes the smallest file. */
    effort: Type.Integer({ minimum: 0, maximum: 6, default: 2 }),
    /** `#rrggbb` under transparent pixels, which are opaque then. Without it transparency stays. JPEG needs one. */
    background: Type.Optional(Type.String({ pattern: '^#[0-9a-f]{6}$' })),
    /** An animation stays one; otherwise it becomes its first frame. Needs WebP, or GIF by way of `same`. */
    animated: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
)

export type VariantSpec = Static<typeof VariantSpec>

/** How many variants an image may have. */
export const maxVariants = 16

/**
 * What every accepted image is turned into, unless the setting `VARIANTS` says otherwise: see `read-variants.ts`. Most of the
 * time goes into the larger two: at effort 2 they take less than half of what 4 takes, sharp's own, and quality 79 gives back the
 * bytes that this costs. The smallest can afford 4. `npm run bench -- processor-quality` has the table.
 */
export const variants: readonly VariantSpec[] = [
  still({ name: 'thumb', width: 256, height: 256, fit: 'cover', quality: 80, effort: 4 }),
  still({ name: 'medium', width: 1024, height: 1024, fit: 'inside', quality: 80, effort: 2 }),
  still({ name: 'large', width: 2048, height: 2048, fit: 'inside', quality: 79, effort: 2 }),
]

function still(spec: Omit<VariantSpec, 'format' | 'animated'>): VariantSpec {
  return { ...spec, format: 'webp', animated: false }
}
