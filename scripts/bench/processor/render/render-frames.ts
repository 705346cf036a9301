import { type VariantSpec, variants } from '../../../../core/images/variants.ts'
import { createFrameSource } from '../../../../processor/imaging/create-frame-source.ts'
import { openFrame } from '../../../../processor/imaging/frame.ts'
import { deps, inspectPhoto } from './render-with-steps.ts'

interface FrameToEncode {
  spec: VariantSpec
  encode: (settings: { quality: number; effort: number }) => Promise<Buffer>
}

/** The processor's frames of a photo before they are encoded, the largest first. */
export async function renderFrames(photo: string): Promise<FrameToEncode[]> {
  const frameFor = createFrameSource(await inspectPhoto(photo), deps.limits)
  const frames: FrameToEncode[] = []
  for (const spec of variants.toReversed()) {
    const frame = await frameFor(spec)
    frames.push({ spec, encode: (settings) => openFrame(frame).webp(settings).toBuffer() })
  }
  return frames
}
