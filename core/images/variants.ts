import { type Static, Type } from 'typebox'

/** A variant's name is part of object keys, URLs and file names, so it must be safe in all three. */
const variantNamePattern = '^[a-z0-9][a-z0-9-]{0,31}$'
/** Every encoder supports this size, and a frame fits into memory: 8192 × 8192 × 4 bytes are 268 MB. */
export const maxSidePixels = 8192
const bound = Type.Integer({ minimum: 1, maximum: maxSidePixels })
/** Limits width × height of an AVIF, because its encoder needs 35 bytes per pixel, or 49 with alpha. */
export const maxAvifPixels = 4096 * 4096

/** One output of the processor. */
export const VariantSpec = Type.Object(
  {
    name: Type.String({
      pattern: variantNamePattern,
      mustBe: '1 to 32 lower-case letters, digits and hyphens that do not begin with a hyphen',
    }),
    /** Bounds in pixels. An image is never enlarged. */
    width: bound,
    height: bound,
    /** The widths of the set that this variant belongs to, ascending, for `srcset`. */
    widths: Type.Optional(
      Type.Array(bound, {
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
        mustBe: `a list of 1 to 16 different integers from 1 to ${maxSidePixels}`,
      }),
    ),
    /** `cover` fills the box and crops the rest; `inside` keeps the whole image within the box. */
    fit: Type.Enum(['cover', 'inside'], { default: 'inside' }),
    /** `same`: the format of the original, except PNG for a TIFF, which browsers do not display. */
    format: Type.Enum(['webp', 'avif', 'jpeg', 'png', 'same'], { default: 'webp' }),
    /** For WebP, AVIF and JPEG. PNG and GIF ignore it. */
    quality: Type.Integer({ minimum: 1, maximum: 100, default: 80 }),
    /** Encoder effort: 0 is fastest, 6 makes the smallest file. */
    effort: Type.Integer({ minimum: 0, maximum: 6, default: 2 }),
    /** `#rrggbb`, replaces transparency. Without it transparency is kept. Required for JPEG. */
    background: Type.Optional(
      Type.String({ pattern: '^#[0-9a-f]{6}$', mustBe: 'a colour such as #ffffff, in lower case' }),
    ),
    /** Keep an animation; otherwise only its first frame is used. Requires the format `webp` or `same`. */
    animated: Type.Boolean({ default: false }),
    /** The part of a longer side that a `cover` variant keeps. Absent: the middle. */
    position: Type.Optional(Type.Enum(['center', 'attention', 'entropy'])),
    /** Average the light that pixels stand for instead of their sRGB numbers, which makes fine patterns too dark. */
    linear: Type.Optional(Type.Boolean()),
    /** Colours of the variant. `p3` is Display P3, tagged with a profile. Absent: `srgb`, without a profile. */
    color: Type.Optional(Type.Enum(['srgb', 'p3'])),
    /** Keep the gain map of an Ultra HDR JPEG. Requires the format `jpeg` and the fit `inside`. */
    gainMap: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export type VariantSpec = Static<typeof VariantSpec>

/** Values that optional fields have when they are absent. */
export const neutralFields = { position: 'center', linear: false, color: 'srgb', gainMap: false } as const

/** Maximum number of variants per image. */
export const maxVariants = 16

/**
 * The default variants; the setting `VARIANTS` replaces them (see `read-variants.ts`). Encoding the larger two takes most of the
 * time: effort 2 takes less than half the time of sharp's default, 4, and quality 79 makes up for the larger files. The smallest
 * can afford effort 4. `npm run bench -- processor-quality` measures this.
 */
export const variants: readonly VariantSpec[] = [
  still({ name: 'thumb', width: 256, height: 256, fit: 'cover', quality: 80, effort: 4 }),
  still({ name: 'medium', width: 1024, height: 1024, fit: 'inside', quality: 80, effort: 2 }),
  still({ name: 'large', width: 2048, height: 2048, fit: 'inside', quality: 79, effort: 2 }),
]

function still(spec: Omit<VariantSpec, 'format' | 'animated'>): VariantSpec {
  return { ...spec, format: 'webp', animated: false }
}
