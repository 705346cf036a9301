import type { VariantSpec } from '../../../core/images/variants.ts'
import { createFrameSource } from '../../imaging/create-frame-source.ts'
import { classifyRenderError } from '../../imaging/decode-errors.ts'
import { describePixels } from '../../imaging/describe-pixels.ts'
import { encodeAnimation, staysAnimated } from '../../imaging/encode-animation.ts'
import type { RenderedVariant } from '../../imaging/encode-variant.ts'
import { encodeFrame } from '../../imaging/encode-variant.ts'
import { addsWidth, type Size, scaleInto } from '../../imaging/frame.ts'
import { keepGainMap } from '../../imaging/gain-map/keep-gain-map.ts'
import type { ProcessorDeps, Work } from '../stages.ts'

/**
 * Renders all variants, the placeholder and the dominant colour. Variants contain no metadata, because they are made from pixels.
 * @throws Rejection for every error of the image library that a retry would repeat
 */
export async function renderVariants(
  work: Work<'inspected'>,
  deps: ProcessorDeps,
): Promise<Work<'rendered'>> {
  try {
    return await renderAll(work, deps)
  } catch (error) {
    throw classifyRenderError(error)
  }
}

async function renderAll(
  work: Work<'inspected'>,
  { variants, limits }: ProcessorDeps,
): Promise<Work<'rendered'>> {
  const wanted = variants.filter((spec) => addsWidth(spec, work))
  const frameFor = createFrameSource(work, limits)
  const rendered: RenderedVariant[] = []
  let { gainMapOmitted } = work
  for (const spec of wanted.toSorted(largestWholeFirst(work))) {
    limits.signal?.throwIfAborted()
    rendered.push(await renderVariant(spec))
  }

  async function renderVariant(spec: VariantSpec): Promise<RenderedVariant> {
    if (staysAnimated(spec, work)) return encodeAnimation(work, spec, limits)
    const variant = await encodeFrame(await frameFor(spec), spec, work.format, limits)
    return spec.gainMap ? withGainMap(variant, spec) : variant
  }

  async function withGainMap(encoded: RenderedVariant, spec: VariantSpec): Promise<RenderedVariant> {
    const { variant, omitted } = await keepGainMap(encoded, spec, work, limits)
    gainMapOmitted ??= omitted
    return variant
  }

  const { placeholder, dominantColor } = describePixels(await frameFor(placeholderBox))
  const ordered = inOrderOf(wanted, rendered)
  return { ...work, stage: 'rendered', rendered: ordered, placeholder, dominantColor, gainMapOmitted }
}

/** The largest side that ThumbHash accepts. */
const placeholderBox = { width: 100, height: 100, fit: 'inside' } as const

/** Uncropped variants come first, because later ones can be derived from them but not from crops. */
function largestWholeFirst(image: Size) {
  return (a: VariantSpec, b: VariantSpec): number => {
    if (a.fit !== b.fit) return a.fit === 'inside' ? -1 : 1
    return scaleInto(b, image) - scaleInto(a, image) || b.width * b.height - a.width * a.height
  }
}

function inOrderOf(specs: readonly VariantSpec[], rendered: RenderedVariant[]): RenderedVariant[] {
  const position = (variant: RenderedVariant) => specs.findIndex(({ name }) => name === variant.name)
  return rendered.toSorted((a, b) => position(a) - position(b))
}
